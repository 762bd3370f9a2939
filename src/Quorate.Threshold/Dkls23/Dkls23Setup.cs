using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Dkls23;

/// <summary>
/// Makes the pairwise set-ups for a new sharing, between its two phases: the receivers of a refresh, a resharing or the
/// distribution of an imported key run it once phase 1 has given them their pending shares. Share and set-ups then go
/// into a <see cref="Dkls23KeyHolding"/> together. See docs/spec/dkls23.md.
/// </summary>
public sealed class Dkls23Setup : Protocol<PairwiseSetups>
{
    readonly PendingSharing<Secp256k1> pending;
    readonly IRandom random;

    /// <summary>Set-ups among all receivers of <paramref name="pending"/>, which stays the caller's.</summary>
    /// <param name="id">A session of its own.</param>
    /// <param name="pending">This party's share after phase 1.</param>
    /// <param name="random">For everything.</param>
    /// <exception cref="ArgumentException">The sharing is of a key of another scheme, or this party receives no share.</exception>
    public Dkls23Setup(SessionId id, PendingSharing<Secp256k1> pending, IRandom random)
        : base("dkls23-setup/1", id, (pending ?? throw new ArgumentNullException(nameof(pending))).Me, pending.Package.Parties, pending.Replaces.ToArray(), pending.Package.Digest())
    {
        ArgumentNullException.ThrowIfNull(random);
        if (pending.Package.Scheme != KeyScheme.Dkls23)
            throw new ArgumentException($"A key of {pending.Package.Scheme} has no pairwise set-ups.", nameof(pending));
        (this.pending, this.random) = (pending, random);
    }

    /// <inheritdoc/>
    protected internal override IEnumerable<Round> Run()
    {
        var round1 = EchoRound<Contribution>(1);
        var round2 = Round<PairwiseKeys>(2);
        var round3 = Round<PairwiseTrial>(3);

        // Round 1: 32 fresh bytes of everybody's. All have echoed them before anything secret depends on them.
        var fresh = new byte[SessionId.Size];
        random.Fill(fresh);
        round1.Broadcast(new(fresh));
        yield return round1;
        var setup = Own(new SetupInProgress(SetupId(Context, Parties, l => round1[l].Fresh), Me, Parties, pending.SigningShare!, random));

        // Round 2: base transfers both ways and half of a zero seed, for each Pₗ.
        round2.SendEach(setup.Announce);
        yield return round2;
        Blame(Fault.InvalidTransferKey, setup.Finish(l => round2[l]));

        // Round 3: try every pair out. What fails is thrown away, so nothing long-lived depends on the outcome.
        round3.SendEach(setup.Try);
        yield return round3;
        Blame(Fault.InconsistentSetup, setup.Judge(l => round3[l]));
        Finish(setup.For(pending.Package));
    }

    /// <summary>The id that all parties have contributed to.</summary>
    internal static byte[] SetupId(ReadOnlySpan<byte> context, PartySet parties, Func<PartyId, byte[]> fresh)
    {
        using var transcript = new Transcript(Tags.Dkls23Setup);
        transcript.Append(context).List(parties.Count);
        foreach (var l in parties)
            transcript.Append(l.Value).Append(fresh(l));
        return transcript.Digest();
    }

    /// <summary>Round 1: 32 fresh bytes.</summary>
    public sealed record Contribution(byte[] Fresh) : IMessage<Contribution>
    {
        /// <inheritdoc/>
        public static int MaxSize => SessionId.Size;

        /// <inheritdoc/>
        public void Write(WireWriter writer)
        {
            ArgumentNullException.ThrowIfNull(writer);
            writer.Raw(Fresh);
        }

        /// <inheritdoc/>
        public static Contribution Read(ref WireReader reader) => new(reader.Take(SessionId.Size).ToArray());
    }
}
