using Quorate.Threshold.Sessions;

namespace Quorate.Cli;

/// <summary>Carries the messages of sessions that all run in this process, in order and without loss.</summary>
static class LocalRun
{
    /// <summary>Runs the sessions, and others that they need, to their end; returns the outputs in the same order.</summary>
    internal static TOutput[] Complete<TOutput>(IReadOnlyList<Session<TOutput>> sessions, params IReadOnlyList<Session> others) where TOutput : class
    {
        Session[] all = [.. sessions, .. others];
        Carry(all);
        foreach (var session in all)
            if (session.Abort is { } abort)
                throw new CliException($"{session.Me} ended the session: {abort}.", CliException.Aborted);
        return [.. sessions.Select(s => s.TakeOutput())];
    }

    static void Carry(IReadOnlyList<Session> sessions)
    {
        bool moved;
        do
        {
            moved = false;
            foreach (var sender in sessions)
                foreach (var message in sender.TakeOutgoing())
                    using (message)
                    {
                        moved = true;
                        foreach (var recipient in sessions)
                            if (recipient.Me != sender.Me && (message.To is null || message.To == recipient.Me))
                                recipient.Receive(sender.Me, message.Bytes.Span);
                    }
        }
        while (moved);
    }
}
