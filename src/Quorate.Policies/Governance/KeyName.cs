using System.Collections.Immutable;
using Quorate.Chains;

namespace Quorate.Policies;

/// <summary>
/// What a wallet's keys are called in orders, decisions and answers: a wallet has at most one of each. An intent names the
/// scheme of a signature, which is another list (<see cref="IntentJson"/>).
/// </summary>
public static class KeyName
{
    /// <summary>The key that signs ECDSA on secp256k1.</summary>
    public const string Ecdsa = "ecdsa";

    /// <summary>The key that signs BIP 340.</summary>
    public const string Bip340 = "bip340";

    /// <summary>The key that signs Ed25519.</summary>
    public const string Ed25519 = "ed25519";

    /// <summary>All of them, in the order in which they are listed everywhere.</summary>
    public static ImmutableArray<string> All { get; } = [Ecdsa, Bip340, Ed25519];

    /// <summary>The scheme that a key of this name signs by.</summary>
    public static IReadOnlyDictionary<string, SignatureScheme> Schemes { get; } = new Dictionary<string, SignatureScheme>(StringComparer.Ordinal)
    {
        [Ecdsa] = SignatureScheme.EcdsaSecp256k1, [Bip340] = SignatureScheme.Bip340, [Ed25519] = SignatureScheme.Ed25519,
    };

    /// <summary>What the key for a scheme is called.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No wallet has a key for it.</exception>
    public static string Of(SignatureScheme scheme) => scheme switch
    {
        SignatureScheme.EcdsaSecp256k1 => Ecdsa,
        SignatureScheme.Bip340 => Bip340,
        SignatureScheme.Ed25519 => Ed25519,
        _ => throw new ArgumentOutOfRangeException(nameof(scheme)),
    };
}
