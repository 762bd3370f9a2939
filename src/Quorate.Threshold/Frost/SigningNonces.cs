using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Frost;

/// <summary>
/// A pair of secret nonces with the commitments to it, good for one signature: using it twice would give the share
/// away. It lives in memory only, by design: a crash loses it, a backup never holds it.
/// </summary>
public sealed class SigningNonces<C> : IDisposable where C : struct, ICurve<C>
{
    readonly Secret<Scalar<C>> hiding, binding;
    int taken;

    internal SigningNonces(Secret<Scalar<C>> hiding, Secret<Scalar<C>> binding, PartyId owner, PublicKeyPackage<C> package)
    {
        (this.hiding, this.binding) = (hiding, binding);
        (Owner, Package) = (owner, package);
        Commitments = new(hiding.MultiplyBase(), binding.MultiplyBase());
    }

    /// <summary>The commitments, which everybody in the quorum may know ahead.</summary>
    public SigningCommitments<C> Commitments { get; }

    /// <summary>The party whose share the nonces are for.</summary>
    internal PartyId Owner { get; }

    /// <summary>The key the nonces are for, with its epoch and derivation.</summary>
    internal PublicKeyPackage<C> Package { get; }

    /// <summary>One pair of nonces for <paramref name="share"/>: RFC 9591, section 5.1, commit.</summary>
    public static SigningNonces<C> Generate(FrostSuite<C> suite, KeyShare<C> share, IRandom random)
    {
        ArgumentNullException.ThrowIfNull(suite);
        ArgumentNullException.ThrowIfNull(share);
        ArgumentNullException.ThrowIfNull(random);
        return new(
            NonceGenerate(suite, share.SigningShare, random), NonceGenerate(suite, share.SigningShare, random),
            share.Me, share.Package);
    }

    /// <summary>Up to 1,000 pairs prepared ahead.</summary>
    public static SigningNonces<C>[] GenerateBatch(FrostSuite<C> suite, KeyShare<C> share, int count, IRandom random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 1000);
        return [.. Enumerable.Range(0, count).Select(_ => Generate(suite, share, random))];
    }

    /// <summary>Hands the nonces out, once; whoever takes them wipes them.</summary>
    /// <exception cref="InvalidOperationException">They have been handed out before.</exception>
    internal (Secret<Scalar<C>> Hiding, Secret<Scalar<C>> Binding) Take() => Interlocked.Exchange(ref taken, 1) == 0
        ? (hiding, binding)
        : throw new InvalidOperationException("These nonces have been used. Nonces are for one signature.");

    /// <summary>Wipes the nonces, unless a session has taken them: then they are the session's to wipe.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref taken, 1) != 0)
            return;
        hiding.Dispose();
        binding.Dispose();
    }

    /// <summary>
    /// nonce_generate, RFC 9591 section 4.1: H3(random_bytes ‖ SerializeScalar(secret)), so that a weak generator alone
    /// does not give the share away.
    /// </summary>
    internal static Secret<Scalar<C>> NonceGenerate(FrostSuite<C> suite, Secret<Scalar<C>> secret, IRandom random)
    {
        Span<byte> input = stackalloc byte[32 + Scalar<C>.Size];
        random.Fill(input[..32]);
        secret.Expose().Encode(input[32..]);
        var nonce = new Secret<Scalar<C>>(suite.H3(input));
        CryptographicOperations.ZeroMemory(input);
        return nonce;
    }
}

/// <summary>D and E: commitments to a hiding and a binding nonce. Public.</summary>
public readonly record struct SigningCommitments<C>(Point<C> Hiding, Point<C> Binding) where C : struct, ICurve<C>;
