using System.Diagnostics;
using Quorate.Node.Channel;
using Quorate.Node.Sessions;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Telemetry;

/// <summary>
/// One session and its rounds as spans and measures: which protocol, who takes part by number, how long, and how it ended.
/// The nodes of a session find its spans in each other's traces by the attempt, which all of them have.
/// </summary>
sealed class SessionTrace : IDisposable
{
    readonly string protocol;
    readonly Activity? session;
    readonly long began = Stopwatch.GetTimestamp();
    Activity? round;
    long roundBegan;
    int step;
    string outcome = "given_up";

    SessionTrace(SessionDescription description, PartyId me)
    {
        protocol = ProtocolOf(description.Protocol);
        roundBegan = began;
        NodeTelemetry.SessionBegan(protocol);
        session = NodeTelemetry.Source.StartActivity("session");
        session?.SetTag("quorate.protocol", protocol).SetTag("quorate.attempt", Convert.ToHexStringLower(description.Attempt))
            .SetTag("quorate.party", me.Value).SetTag("quorate.parties", string.Join(' ', description.Parties.Select(p => p.Value)));
        round = BeginRound();
    }

    /// <summary>Begins to trace a session; null while nobody listens.</summary>
    internal static SessionTrace? Begin(SessionDescription description, PartyId me) => NodeTelemetry.HearsSessions ? new(description, me) : null;

    /// <summary>How far the session is now.</summary>
    internal void See(int present)
    {
        if (present == step)
            return;
        EndRound("done");
        (step, roundBegan) = (present, Stopwatch.GetTimestamp());
        round = BeginRound();
    }

    /// <summary>It has ended.</summary>
    internal void Ended<TOutput>(SessionOutcome<TOutput> how) where TOutput : class
    {
        outcome = how switch
        {
            SessionOutcome<TOutput>.Completed => "done",
            SessionOutcome<TOutput>.Aborted => "aborted",
            _ => "apart",
        };
        if (how is SessionOutcome<TOutput>.Aborted { Abort: var abort })
            session?.SetTag("quorate.fault", string.Join(' ', abort.Accusations.Select(a => a.Fault).Distinct())).SetTag("quorate.culprits", string.Join(' ', abort.Culprits.Select(c => c.Value)));
        else if (how is SessionOutcome<TOutput>.Apart { Failure: var failure })
            session?.SetTag("quorate.fault", failure.Fault.ToString()).SetTag("quorate.culprits", string.Join(' ', failure.Culprits.Select(c => c.Value)));
    }

    /// <summary>Nothing more comes. Without an outcome it was given up.</summary>
    public void Dispose()
    {
        EndRound(outcome);
        NodeTelemetry.SessionEnded(protocol, outcome, Stopwatch.GetElapsedTime(began));
        if (outcome != "done")
            session?.SetStatus(ActivityStatusCode.Error, outcome);
        session?.Dispose();
    }

    /// <summary>What a protocol is called in labels: its name and parameters without the revision. Made here, by no peer.</summary>
    internal static string ProtocolOf(string name) => string.Join('/', name.Split('/').Where(part => !part.All(char.IsAsciiDigit)));

    Activity? BeginRound() => session is null ? null : NodeTelemetry.Source.StartActivity($"round {step}", ActivityKind.Internal, session.Context)?
        .SetTag("quorate.protocol", protocol).SetTag("quorate.round", step);

    void EndRound(string how)
    {
        NodeTelemetry.RoundEnded(protocol, step, how, Stopwatch.GetElapsedTime(roundBegan));
        if (how != "done")
            round?.SetStatus(ActivityStatusCode.Error, how);
        round?.Dispose();
        round = null;
    }
}
