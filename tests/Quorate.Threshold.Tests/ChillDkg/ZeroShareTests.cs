using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Testing;
using Quorate.Threshold.ChillDkg;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Tests.ChillDkg;

/// <summary>
/// A participant that speaks last can see the shares meant for it, and choose its own polynomial so that its share of the
/// key becomes zero. That hurts nobody but breaks public shares, which are points: the reference implementation asserts.
/// </summary>
public sealed class ZeroShareTests : IDisposable
{
    readonly ChillDkgRuns setup = new(66, 2, 2);
    readonly CoordinatorMessage1 message;
    readonly Participant first;
    readonly Accusation[] accusations;

    public ZeroShareTests()
    {
        var random = new SeededRandom(66);
        first = new(setup.HostKeys[0], setup.Parameters, setup.Coordinator, random);
        var honest = first.Message1;

        // What the honest participant sent to the second, whose abscissa is 2.
        using var pad = MultiRecipientEncryption.PadFrom(0, honest.PublicNonce, setup.HostKeys[1], setup.Parameters, 1)!;
        var received = honest.EncryptedShares[1] - pad.Expose();

        // a₀ + 2a₁ = −received − tweak, where the tweak depends on a₀ alone.
        var a0 = Scalar<Secp256k1>.FromUInt64(4711);
        var sum = honest.Commitment.Constant + Point<Secp256k1>.MultiplyBase(a0);
        var tweak = Bip341.Tweak(Bip340PublicKey.FromPoint(sum), default);
        var two = Scalar<Secp256k1>.FromUInt64(2);
        var a1 = (-received - tweak - a0) * two.Invert();
        using var f = Polynomial<Secp256k1>.FromCoefficients([a0, a1]);
        using var constant = f.Constant;
        using var nonce = new Secret<Scalar<Secp256k1>>(two);
        using var one = f.At(new(1));
        using var own = f.At(new(2));
        var publicNonce = nonce.MultiplyBase().Encode();
        var dishonest = new ParticipantMessage1(
            f.Commit(), SimplPedPop.ProvePossession(constant, 1, new byte[32]), publicNonce,
            MultiRecipientEncryption.Encrypt(nonce, publicNonce, setup.HostKeys[1], setup.Parameters, 1, [one, own]));

        var coordinator = new Coordinator(setup.Parameters, [honest, dishonest]);
        Assert.Empty(coordinator.Check());
        message = coordinator.Step1(out accusations);
    }

    [Fact]
    public void The_coordinator_names_who_has_a_share_of_zero() =>
        Assert.Equal([new(Fault.InvalidCommitment, new(2))], accusations);

    [Fact]
    public void A_participant_suspects_who_has_a_share_of_zero() => Assert.Equal(
        [new(Fault.SuspectContribution, new(2)), new(Fault.SuspectContribution, setup.Coordinator)], first.Step2(message));

    public void Dispose()
    {
        first.Dispose();
        setup.Dispose();
    }
}
