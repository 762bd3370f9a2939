using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Proofs;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Lifecycle;

/// <summary>
/// Phase 2 of a resharing: every receiver proves that it holds its new share, everybody collects the proofs. It starts
/// when the pending sharing lies in durable storage, and may be run again, by anybody who has it, until the certificate
/// is there. See docs/spec/lifecycle.md.
/// </summary>
public sealed class ReshareAcknowledgement<C> : Protocol<ReshareCertificate<C>> where C : struct, ICurve<C>
{
    readonly PendingSharing<C> pending;
    readonly IRandom random;
    readonly byte[] setupId, statement;

    /// <summary>Acknowledges, or only listens where the pending sharing has no share. It stays the caller's.</summary>
    /// <param name="id">A session of its own.</param>
    /// <param name="pending">What phase 1 ended with, stored durably by now.</param>
    /// <param name="parties">All receivers, and whoever else shall learn the certificate: the dealers, other old holders.</param>
    /// <param name="random">For the proof.</param>
    /// <exception cref="ArgumentException">
    /// A receiver is missing among the parties; or the scheme is DKLs23, whose shares are acknowledged with their set-ups.
    /// </exception>
    public ReshareAcknowledgement(SessionId id, PendingSharing<C> pending, PartySet parties, IRandom random)
        : this(id, pending, [], parties, random) { }

    /// <summary>The same for shares that come with a pairwise set-up of 32 bytes' id, and only for those.</summary>
    internal ReshareAcknowledgement(SessionId id, PendingSharing<C> pending, byte[] setupId, PartySet parties, IRandom random)
        : base("reshare-acknowledgement/1", id, pending.Me, parties, ReshareCertificate<C>.Statement(pending.Replaces, pending.Package, setupId))
    {
        ArgumentNullException.ThrowIfNull(random);
        if (!pending.Package.Parties.IsSubsetOf(parties))
            throw new ArgumentException($"All of {pending.Package.Parties} acknowledge; {parties} take part.", nameof(parties));
        if (pending.Package.Scheme == KeyScheme.Dkls23 != setupId.Length > 0)
            throw new ArgumentException("Shares of DKLs23, and no others, are acknowledged with their set-ups.", nameof(pending));
        (this.pending, this.setupId, this.random) = (pending, setupId, random);
        statement = ReshareCertificate<C>.Statement(pending.Replaces, pending.Package, setupId);
    }

    /// <inheritdoc/>
    protected internal override IEnumerable<Round> Run()
    {
        var package = pending.Package;
        var round1 = Round<Acknowledgement>(1, package.Parties);
        if (pending.SigningShare is { } share)
            round1.Broadcast(new(ReshareCertificate<C>.Prove(statement, Me, package, share, random)));
        yield return round1;
        Blame(Fault.InvalidProof, round1.Senders.Where(j => !ReshareCertificate<C>.Verify(statement, j, package, round1[j].Proof)));
        Finish(new(package, pending.Replaces.ToArray(), setupId, [.. package.Parties.Select(j => round1[j].Proof)]));
    }

    /// <summary>Round 1: proof of knowledge of sⱼ′, bound to both packages.</summary>
    public sealed record Acknowledgement(SchnorrProof<C> Proof) : IMessage<Acknowledgement>
    {
        /// <inheritdoc/>
        public static int MaxSize => SchnorrProof<C>.Size;

        /// <inheritdoc/>
        public void Write(WireWriter writer) => Proof.Write(writer);

        /// <inheritdoc/>
        public static Acknowledgement Read(ref WireReader reader) => new(SchnorrProof<C>.Read(ref reader));
    }
}
