using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.ChillDkg;

/// <summary>
/// ChillDKG's optional last exchange, in one round without the coordinator: every participant tells every other that it
/// keeps the recovery data. A session of its own, so that its failure takes no key away. Use no key before it succeeded.
/// </summary>
public sealed class AcknowledgeRecovery : Protocol<RecoveryAcknowledgments>
{
    readonly HostKey hostKey;
    readonly RecoveryData recovery;
    readonly IRandom random;

    /// <summary>Takes the recovery data, stored durably before, and the host key, which stays the caller's.</summary>
    /// <exception cref="ArgumentException">The host key belongs to none of the participants.</exception>
    public AcknowledgeRecovery(SessionId id, HostKey hostKey, RecoveryData recovery, IRandom random)
        // Whoever was given another certificate has other data: it meets silence, and is not taken for a cheat.
        : base("chilldkg-acknowledge/1", id, recovery.Parameters.PartyOf(hostKey), recovery.Parameters.Participants, recovery.Encode())
    {
        ArgumentNullException.ThrowIfNull(random);
        (this.hostKey, this.recovery, this.random) = (hostKey, recovery, random);
    }

    /// <inheritdoc/>
    protected internal override IEnumerable<Round> Run()
    {
        var round = Round<Acknowledgment>(1);
        round.Broadcast(new(recovery.Acknowledge(hostKey, random)));
        yield return round;
        Blame(Fault.InvalidSignature, round.Senders.Where(i => !recovery.IsAcknowledged(i, round[i].Signature)));
        Finish(new([.. Parties.Select(i => round[i].Signature)]));
    }

    /// <summary>A participant's signature on the recovery data, 64 bytes.</summary>
    public sealed record Acknowledgment(byte[] Signature) : IMessage<Acknowledgment>
    {
        /// <inheritdoc/>
        public static int MaxSize => CertEq.SignatureSize;

        /// <inheritdoc/>
        public void Write(WireWriter writer) => writer.Raw(Signature);

        /// <inheritdoc/>
        public static Acknowledgment Read(ref WireReader reader) => new(reader.Take(CertEq.SignatureSize).ToArray());
    }
}

/// <summary>Every participant's acknowledgment of the recovery data, 64 bytes each, in the order of the participants.</summary>
public sealed record RecoveryAcknowledgments(IReadOnlyList<byte[]> Signatures);
