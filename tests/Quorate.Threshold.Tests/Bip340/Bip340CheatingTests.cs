using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Frost.Bip340;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Tests.Bip340;

/// <summary>One party deviates, and everybody else knows what to say of whom.</summary>
public sealed class Bip340CheatingTests
{
    static readonly byte[] Message = [.. Enumerable.Repeat((byte)7, 32)];
    static readonly PartySet Quorum = new([new(1), new(2), new(4)]);

    public static TheoryData<ulong> Orders => [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

    readonly SortedDictionary<PartyId, KeyShare<Secp256k1>> shares = Bip340Runs.Deal(11, 3, 4);
    readonly TweakContext key;

    public Bip340CheatingTests() => key = TweakContext.Init(shares[new(1)].Package.GroupKey).ApplyTaproot();

    // In every order of arrival, the honest are never blamed for what they could not say before they found the fault.
    [Theory, MemberData(nameof(Orders)), Commits(Fault.InvalidSignatureShare)]
    public void A_wrong_partial_signature_names_its_signer(ulong order)
    {
        using var run = Sign(order).Tamper<Bip340Sign.PartialSignature>(2, P(2), null, m => new(m.S + Scalar<Secp256k1>.One)).Run();
        AssertAbort(run, P(1), Fault.InvalidSignatureShare, P(2));
        AssertAbort(run, P(4), Fault.InvalidSignatureShare, P(2));
    }

    [Fact, Commits(Fault.InvalidSignatureShare)]
    public void Two_wrong_partial_signatures_name_both_signers_even_if_their_errors_cancel()
    {
        // The sum would be right; the first check passes and nobody is to blame for anything that matters.
        using var cancelling = Sign()
            .Tamper<Bip340Sign.PartialSignature>(2, P(2), null, m => new(m.S + Scalar<Secp256k1>.One))
            .Tamper<Bip340Sign.PartialSignature>(2, P(4), null, m => new(m.S - Scalar<Secp256k1>.One)).Run();
        Assert.True(cancelling.Output<Bip340Signed>(P(1)).Signature.Verify(key.PublicKey, Message));

        using var run = Sign()
            .Tamper<Bip340Sign.PartialSignature>(2, P(2), null, m => new(m.S + Scalar<Secp256k1>.One))
            .Tamper<Bip340Sign.PartialSignature>(2, P(4), null, m => new(m.S + Scalar<Secp256k1>.One)).Run();
        AssertAbort(run, P(1), Fault.InvalidSignatureShare, P(2), P(4));
    }

    [Fact, Commits(Fault.MalformedMessage)]
    public void A_partial_signature_above_the_order_is_malformed()
    {
        using var run = Sign().TamperBytes(2, P(2), P(1), bytes => { bytes.AsSpan(^32..).Fill(0xff); return bytes; }).Run();
        AssertAbort(run, P(1), Fault.MalformedMessage, P(2));
        Assert.NotNull(run.Output<Bip340Signed>(P(4)));
    }

    [Fact, Commits(Fault.MalformedMessage)]
    public void A_nonce_that_is_no_point_names_its_sender()
    {
        using var run = Sign().TamperBytes(1, P(4), P(1), bytes => { bytes[^33] = 5; return bytes; }).Run();
        AssertAbort(run, P(1), Fault.MalformedMessage, P(4));
    }

    [Fact, Commits(Fault.MalformedMessage)]
    public void A_nonce_at_infinity_is_malformed()
    {
        using var run = Sign().TamperBytes(1, P(4), P(1), bytes => { bytes.AsSpan(^33..).Clear(); return bytes; }).Run();
        AssertAbort(run, P(1), Fault.MalformedMessage, P(4));
    }

    [Theory, MemberData(nameof(Orders)), Commits(Fault.Equivocation), Commits(Fault.InconsistentBroadcast)]
    public void Whoever_tells_two_nonces_makes_nobody_else_look_like_a_cheat(ulong order)
    {
        // P4 tells P1 another nonce than P2. Without the confirmation P1 and P2 would find each other's signatures wrong.
        using var run = Sign(order).Tamper<Bip340Sign.Nonce>(1, P(4), P(1), m => new(new PublicNonce(m.Value.R2, m.Value.R1))).Run();
        AssertAbort(run, P(1), Fault.Equivocation, P(4));
        AssertAbort(run, P(2), [(Fault.InconsistentBroadcast, P(1)), (Fault.InconsistentBroadcast, P(4))]);
    }

    [Fact, Commits(Fault.Timeout)]
    public void Silence_names_the_silent()
    {
        using var run = Sign().Drop(2, P(2)).Run();
        AssertAbort(run, P(1), Fault.Timeout, P(2));
        AssertAbort(run, P(4), Fault.Timeout, P(2));
    }

    [Fact, Commits(Fault.InvalidSignatureShare)]
    public void A_nonce_that_cancels_the_others_gives_its_signer_away()
    {
        // P2 publishes the negative of P1's nonce: the sum is at infinity, and P2 cannot sign for what it published.
        var pair = Bip340Runs.Deal(12, 2, 2);
        var quorum = PartySet.Range(2);
        var plain = TweakContext.Init(pair[P(1)].Package.GroupKey);
        var (k1, k2) = (Scalar<Secp256k1>.FromUInt64(123456789), Scalar<Secp256k1>.FromUInt64(987654321));
        var nonces = new Dictionary<PartyId, SecretNonce>
        {
            [P(1)] = new(k1, k2, pair[P(1)].Package.VerifyingShare(P(1))),
            [P(2)] = new(-k1, -k2, pair[P(1)].Package.VerifyingShare(P(2))),
        };
        using var run = Bip340Runs.SignPrepared(12, pair, quorum, plain, Message, nonces)
            .Drop(2, P(1))
            .Tamper<Bip340Sign.PartialSignature>(2, P(2), null, m => new(m.S + m.S)).Run();
        AssertAbort(run, P(1), Fault.InvalidSignatureShare, P(2));
    }

    [Fact, Commits(Fault.Timeout)]
    public void Signers_of_different_messages_do_not_hear_each_other()
    {
        using var run = new Simulation(13);
        foreach (var p in Quorum)
            run.Add(new Bip340Sign(FrostRuns.Id(13), shares[p], Quorum, key, p == P(2) ? [1] : Message, new SeededRandom(13, $"{p}")).Start());
        run.Run();
        AssertAbort(run, P(1), Fault.Timeout, P(2));
        AssertAbort(run, P(2), Fault.Timeout, P(1), P(4));
    }

    [Fact, Commits(Fault.Timeout)]
    public void Signers_under_different_tweaks_do_not_hear_each_other()
    {
        using var run = new Simulation(14);
        foreach (var p in Quorum)
            run.Add(new Bip340Sign(FrostRuns.Id(14), shares[p], Quorum, p == P(4) ? key.ApplyTaproot() : key, Message, new SeededRandom(14, $"{p}")).Start());
        run.Run();
        AssertAbort(run, P(1), Fault.Timeout, P(4));
    }

    Simulation Sign(ulong order = 11) => Bip340Runs.Sign(order, shares, Quorum, key, Message);

    static PartyId P(int i) => new(i);

    static void AssertAbort(Simulation run, PartyId party, Fault fault, params PartyId[] culprits) =>
        AssertAbort(run, party, [.. culprits.Select(c => (fault, c))]);

    static void AssertAbort(Simulation run, PartyId party, (Fault, PartyId)[] expected) => Assert.Equal(
        expected.Select(e => new Accusation(e.Item1, e.Item2)), run.AbortOf(party)?.Accusations ?? []);
}
