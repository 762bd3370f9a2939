using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;

namespace Quorate.Threshold.Frost.Bip340;

/// <summary>
/// What NonceGen mixes into a nonce beside its randomness, all optional: should the randomness ever repeat, nonces still
/// differ wherever one of these does. A second line of defence, no replacement for the first.
/// </summary>
public sealed record NonceInputs
{
    /// <summary>Nothing is known yet: nonces prepared ahead.</summary>
    public static NonceInputs None { get; } = new();

    /// <summary>secshare: the signer's secret share.</summary>
    public Secret<Scalar<Secp256k1>>? SecretShare { get; init; }

    /// <summary>pubshare: the signer's public share.</summary>
    public Point<Secp256k1>? PublicShare { get; init; }

    /// <summary>thresh_pk: the key that will be signed under, tweaks applied; its x is used.</summary>
    public Point<Secp256k1>? Key { get; init; }

    /// <summary>m: the message; null is not the empty message.</summary>
    public byte[]? Message { get; init; }

    /// <summary>extra_in: anything else that is likely to change from one nonce to the next, a session id above all.</summary>
    public byte[] Extra { get; init; } = [];
}
