using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;
using static Quorate.Threshold.Tests.Frost.Verdicts;

namespace Quorate.Threshold.Tests.Dkls23;

/// <summary>What a party can do wrong before and with a presignature, and who is named for it.</summary>
public sealed class PresignCheatingTests
{
    static readonly byte[] digest = SHA256.HashData("a message"u8);
    static readonly PartySet three = PartySet.Range(3);
    static readonly SortedDictionary<PartyId, Dkls23KeyShare> shares = Dkls23Runs.Key(20, 3, three);

    [Fact, Commits(Fault.FailedTransferCheck)]
    public void Changed_transfers_ban_their_sender() => AssertBans(
        Fault.FailedTransferCheck, run => run.TamperBytes(2, P(2), P(1), b => { b[500] ^= 1; return b; }));

    [Fact, Commits(Fault.FailedMultiplicationCheck)]
    public void A_changed_multiplication_bans_its_sender() => AssertBans(
        Fault.FailedMultiplicationCheck, run => run.Tamper<Dkls23Sign.Product>(
            3, P(2), P(1), m => m with { Multiplication = m.Multiplication with { Eta = m.Multiplication.Eta + Scalar<Secp256k1>.One } }));

    [Fact, Commits(Fault.InvalidOpening)]
    public void A_nonce_other_than_the_committed_one_names_its_sender()
    {
        using var run = Dkls23Runs.Presign(21, shares, three).Tamper<Dkls23Sign.Product>(3, P(2), P(1), m => m with { R = m.R + Point<Secp256k1>.G }).Run();
        run.AssertBlames<Dkls23Presignature>(1, (Fault.InvalidOpening, 2));
    }

    [Fact, Commits(Fault.Timeout)]
    public void Whoever_goes_silent_is_missed_and_leaves_no_presignature()
    {
        using var run = Dkls23Runs.Presign(22, shares, three).Drop(3, P(2), P(1)).Run();
        run.AssertBlames<Dkls23Presignature>(1, (Fault.Timeout, 2));
        Assert.Throws<InvalidOperationException>(() => run.Output<Dkls23Presignature>(P(1)));
    }

    [Fact, Commits(Fault.Timeout)]
    public void Whoever_goes_silent_with_a_presignature_is_missed()
    {
        using var run = Dkls23Runs.Online(23, shares, Dkls23Runs.Presignatures(24, shares, three), digest).Drop(1, P(2), P(1)).Run();
        run.AssertBlames<Dkls23Signature>(1, (Fault.Timeout, 2));
        Assert.NotNull(run.Output<Dkls23Signature>(P(3)));
    }

    [Theory, InlineData(1, 0), InlineData(0, 1), Commits(Fault.FailedSignature)]
    public void A_wrong_signature_share_gives_no_output_and_only_suspects(uint w, uint u)
    {
        using var run = Dkls23Runs.Online(25, shares, Dkls23Runs.Presignatures(24, shares, three), digest)
            .Tamper<Dkls23Sign.SignatureShare>(1, P(2), P(1), m => new(m.W + Scalar<Secp256k1>.FromUInt64(w), m.U + Scalar<Secp256k1>.FromUInt64(u))).Run();
        run.AssertBlames<Dkls23Signature>(1, (Fault.FailedSignature, 2), (Fault.FailedSignature, 3));
        Assert.Equal(Severity.Retry, run.AbortOf(P(1))!.Severity);
    }

    [Fact, Commits(Fault.FailedSignature)]
    public void Shares_whose_inverse_is_missing_give_no_output()
    {
        var presignatures = Dkls23Runs.Presignatures(24, shares, three);
        Scalar<Secp256k1> sum = default;
        using (Dkls23Runs.Online(26, shares, Dkls23Runs.Presignatures(24, shares, three), digest).With(m =>
        {
            if (m is { From.Value: 3, To.Value: 1 } or { From.Value: 1, To.Value: 3 })
                WireTap.Replace<Dkls23Sign.SignatureShare>(m.Bytes, s => { sum += s.U; return s; });
            return [m.Bytes];
        }).Run())
        {
            using var run = Dkls23Runs.Online(26, shares, presignatures, digest)
                .Tamper<Dkls23Sign.SignatureShare>(1, P(2), P(1), m => m with { U = -sum }).Run();
            run.AssertBlames<Dkls23Signature>(1, (Fault.FailedSignature, 2), (Fault.FailedSignature, 3));
        }
    }

    [Fact, Commits(Fault.FailedSignature)]
    public void A_wrong_mask_spoils_the_presignature_and_shows_when_it_is_used()
    {
        // ψ is not checked by itself; the paper's proof allows it, since the signature is.
        using var presign = Dkls23Runs.Presign(27, shares, three)
            .Tamper<Dkls23Sign.Product>(3, P(2), P(1), m => m with { Psi = m.Psi + Scalar<Secp256k1>.One }).Run();
        using var run = Dkls23Runs.Online(28, shares, three.ToDictionary(p => p, presign.Output<Dkls23Presignature>), digest).Run();
        run.AssertBlames<Dkls23Signature>(1, (Fault.FailedSignature, 2), (Fault.FailedSignature, 3));
    }

    // Attack 13: all parallel sessions with it end, before they answer another check.
    [Theory, InlineData(2), InlineData(3), Commits(Fault.Banned)]
    public void Whoever_is_banned_in_one_session_gets_no_answer_in_another(byte delayed)
    {
        var bans = three.ToDictionary(p => p, _ => new BanList());
        List<byte[]> late = [];
        using var other = Dkls23Runs.Presign(29, shares, three, bans)
            .With(m =>
            {
                if (m.From != P(2) || m.To != P(1) || WireTap.RoundOf(m.Bytes).Round < delayed)
                    return [m.Bytes];
                late.Add(m.Bytes);
                return [];
            });
        while (other.Deliver())
        {
        }
        using var sign = Dkls23Runs.Sign(30, shares, three, digest, bans).TamperBytes(2, P(2), P(1), b => { b[500] ^= 1; return b; }).Run();
        sign.AssertBlames<Dkls23Signature>(1, (Fault.FailedTransferCheck, 2));

        foreach (var bytes in late)
            other.Sessions[P(1)].Receive(P(2), bytes);
        other.AssertBlames<Dkls23Presignature>(1, (Fault.Banned, 2));
        Assert.Equal(Severity.Ban, other.AbortOf(P(1))!.Severity);
    }

    static void AssertBans(Fault fault, Func<Simulation, Simulation> cheat)
    {
        var bans = three.ToDictionary(p => p, _ => new BanList());
        using var run = cheat(Dkls23Runs.Presign(31, shares, three, bans)).Run();
        run.AssertBlames<Dkls23Presignature>(1, (fault, 2));
        Assert.Equal([P(2)], bans[P(1)].Peers);
        Assert.Empty(bans[P(3)].Peers);
    }
}
