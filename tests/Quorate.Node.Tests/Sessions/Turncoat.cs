using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Signatures;
using Quorate.Node.Channel;
using Quorate.Node.Sessions;
using Quorate.Policies;
using Quorate.Testing;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using static Quorate.Node.Tests.Channel.Nodes;

namespace Quorate.Node.Tests.Sessions;

/// <summary>
/// A member with its own identity that follows the protocol until a test has it do something else: it may be mute from a
/// round on, change its frames for each recipient, and say whatever notices it likes.
/// </summary>
class Turncoat<TOutput> : IDisposable where TOutput : class
{
    readonly Func<SessionId, Protocol<TOutput>> protocol;
    readonly Ed25519Key identity;
    readonly int me;
    Session<TOutput>? kernel;

    internal Turncoat(SessionDescription description, int me, Ed25519Key identity, Func<SessionId, Protocol<TOutput>> protocol, ulong seed = 1)
    {
        (this.me, this.identity, this.protocol) = (me, identity, protocol);
        Group = new(description, P(me), identity, new SeededRandom(seed, $"turncoat {me} {Convert.ToHexString(description.Attempt)}"));
        Group.SayReady();
    }

    internal SecuredGroup Group { get; }

    /// <summary>What it would say if it were honest.</summary>
    internal SessionWitness Witness { get; private set; } = null!;

    /// <summary>What all have said alike so far.</summary>
    internal IReadOnlyList<CommonBroadcast> Broadcasts => kernel?.Broadcasts ?? [];

    /// <summary>From this round on it sends nothing.</summary>
    internal byte MuteFrom { get; set; } = byte.MaxValue;

    /// <summary>Whether it says its progress like the others.</summary>
    internal bool SaysProgress { get; set; } = true;

    /// <summary>Changes a frame for one recipient.</summary>
    internal Func<PartyId, byte, byte[], byte[]>? Change { get; set; }

    /// <summary>Is called after each step.</summary>
    internal Action<int>? Stepped { get; set; }

    internal void Receive(NodeId from, byte[] bytes)
    {
        Group.Receive(from, bytes);
        if (Group.Session is not { } id)
            return;
        Witness ??= new(Group.Description, id, P(me), identity);
        kernel ??= protocol(id).Start();
        while (Group.TakeFrame() is { } frame)
            using (frame)
                kernel.Receive(frame.From, frame.Bytes.Expose());
        foreach (var message in kernel.TakeOutgoing())
            using (message)
                foreach (var to in message.To is { } one ? [one] : Group.Description.Parties.Except(P(me)).ToArray())
                    if (message.Round < MuteFrom && Group.Failure is null)
                        Group.Send(to, message.Round, Change?.Invoke(to, message.Round, message.Bytes.ToArray()) ?? message.Bytes.Span);
        while (Witness.Step < kernel.Passed && Witness.Step + 1 < MuteFrom && Group.Failure is null)
        {
            if (kernel.Broadcasts.FirstOrDefault(b => b.Step == Witness.Step + 1) is { } broadcast)
                Witness.Add(broadcast);
            var progress = Witness.Progress();
            if (SaysProgress)
                Group.Say(Purpose.Progress, progress);
            Stepped?.Invoke(Witness.Step);
        }
        while (Group.TakeNotice() is { } notice)
            if (notice.Purpose == Purpose.Progress)
                Witness.TakeProgress(notice.From, notice.Bytes);
    }

    public void Dispose()
    {
        kernel?.Dispose();
        Group.Dispose();
    }
}

/// <summary>One of three that make a key, with the identity of its number.</summary>
sealed class Turncoat(SessionDescription description, int me, Func<SessionId, Protocol<KeyShare<Ed25519>>> protocol, ulong seed = 1)
    : Turncoat<KeyShare<Ed25519>>(description, me, Identity(me), protocol, seed);
