using System.Globalization;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Signatures;

namespace Quorate.Chains.Bitcoin;

/// <summary>
/// An output script descriptor of one public key (BIP 380, 381, 382, 386): <c>pkh(KEY)</c>, <c>wpkh(KEY)</c>,
/// <c>sh(wpkh(KEY))</c> and <c>tr(KEY)</c>. KEY is a compressed key in hexadecimal (x-only in tr), or an xpub or tpub with
/// steps below it and perhaps a final <c>/*</c>; before either may stand its origin, <c>[fingerprint/path]</c>. Private keys
/// are refused: no place here is for them.
/// </summary>
public sealed class OutputDescriptor
{
    const int MaxLength = 512;

    readonly string text;
    readonly Point<Secp256k1> key;
    readonly ExtendedPublicKey? extended;
    readonly ExtendedPublicKey? parent;
    readonly Bip32Path steps;
    readonly PsbtDerivation? origin;

    OutputDescriptor(string text, KeyScript kind, ReadOnlySpan<char> expression)
    {
        (this.text, Kind, steps) = (text, kind, Bip32Path.Root);
        if (expression.StartsWith("["))
        {
            var end = expression.IndexOf(']');
            if (end < 9 || !uint.TryParse(expression[1..9], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var fingerprint)
                || !Bip32Path.TryParse("m" + expression[9..end].ToString(), out var path))
                throw new FormatException("The key's origin is not [fingerprint/path].");
            origin = new(fingerprint, path);
            expression = expression[(end + 1)..];
        }
        if (expression.Length > 4 && expression[1..4] is "prv" || expression.Length is 51 or 52)
            throw new FormatException("The descriptor has a private key. Replace the key: it has been where no private key belongs.");
        if (expression.Length > 4 && expression[1..4] is "pub")
        {
            IsRanged = expression.EndsWith("/*");
            var path = IsRanged ? expression[..^2] : expression;
            var slash = path.IndexOf('/');
            var head = slash < 0 ? path : path[..slash];
            if (!ExtendedPublicKey.TryDecode(head, out extended, out var network))
                throw new FormatException("The descriptor's extended key is none; ypub and zpub become xpub by Slip132.");
            Network = network;
            if (!Bip32Path.TryParse("m" + path[head.Length..].ToString(), out var below) || below.IsHardened)
                throw new FormatException("The steps below the extended key are no path of unhardened steps.");
            steps = below;
            parent = extended.Derive(steps);
            key = parent.Key;
            return;
        }
        if (!LowerHex.TryParse(expression, out var encoded))
            throw new FormatException("The descriptor's key is neither an extended public key nor a compressed one in small hexadecimal digits.");
        if (encoded.Length == 32 && kind == KeyScript.Taproot && Bip340PublicKey.TryDecode(encoded, out var xOnly))
            key = xOnly.Point;
        else if (!Point<Secp256k1>.TryDecode(encoded, out key))
            throw new FormatException("The descriptor's key is not on the curve, or of a length that its form does not have.");
    }

    /// <summary>The form of the script.</summary>
    public KeyScript Kind { get; }

    /// <summary>Whether it stands for one script for every index below 2³¹, or for one only.</summary>
    public bool IsRanged { get; }

    /// <summary>The network its extended key is written for; null where it has none.</summary>
    public Bip32Network? Network { get; }

    /// <summary>
    /// Reads a descriptor. A checksum is verified where there is one.
    /// </summary>
    /// <exception cref="FormatException">It is none of these; the message says what is wrong.</exception>
    public static OutputDescriptor Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = WithoutChecksum(text);
        var (kind, prefix, suffix) = text switch
        {
            ['p', 'k', 'h', '(', ..] => (KeyScript.KeyHash, 4, 1),
            ['w', 'p', 'k', 'h', '(', ..] => (KeyScript.WitnessKeyHash, 5, 1),
            ['s', 'h', '(', 'w', 'p', 'k', 'h', '(', ..] => (KeyScript.NestedWitnessKeyHash, 8, 2),
            ['t', 'r', '(', ..] => (KeyScript.Taproot, 3, 1),
            _ => throw new FormatException("Only pkh, wpkh, sh(wpkh) and tr descriptors of one key are read."),
        };
        return text.Length < prefix + suffix || !text.AsSpan().EndsWith("))".AsSpan(0, suffix)) || text.AsSpan(prefix..^suffix).ContainsAny("(),")
            ? throw new FormatException("The descriptor's parentheses do not hold one key.")
            : new(text, kind, text.AsSpan(prefix..^suffix));
    }

    /// <summary>The script at an index; without a range every index has the same.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is 2³¹ or more.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">There is no such key, which happens once in 2¹²⁷.</exception>
    public WalletScript Derive(uint index)
    {
        var here = parent is not null && IsRanged ? parent.Derive(index) : null;
        var path = here is null ? steps : Append(steps, index);
        var root = origin ?? (extended is { } x ? new PsbtDerivation(x.Fingerprint, Bip32Path.Root) : null);
        return WalletScript.Create(Kind, here?.Key ?? key, root is null ? null : root with { Path = Append(root.Path, path.Indices) }, path);
    }

    /// <summary>
    /// The script that a claimed derivation names, where it lies on this descriptor and before <paramref name="end"/>: nothing
    /// is believed but the index.
    /// </summary>
    internal WalletScript? Follow(PsbtDerivation claim, uint end)
    {
        if (!IsRanged || claim.Path.Indices is not [.., var index] || index >= end)
            return null;
        var (fingerprint, above) = origin is null ? (extended!.Fingerprint, Bip32Path.Root) : (origin.Fingerprint, origin.Path);
        return claim.Fingerprint == fingerprint && claim.Path.Indices[..^1].SequenceEqual([.. above.Indices, .. steps.Indices])
            ? Derive(index)
            : null;
    }

    /// <summary>The descriptor with its checksum.</summary>
    public override string ToString() => $"{text}#{DescriptorChecksum.Of(text)}";

    /// <summary>Verifies the checksum, where there is one, and cuts it off.</summary>
    internal static string WithoutChecksum(string text)
    {
        var hash = text.IndexOf('#', StringComparison.Ordinal);
        if (text.Length > MaxLength)
            throw new FormatException($"The descriptor is longer than {MaxLength} characters.");
        if (hash < 0)
            return text;
        var descriptor = text[..hash];
        return text[(hash + 1)..] == DescriptorChecksum.Of(descriptor)
            ? descriptor
            : throw new FormatException("The descriptor has a wrong checksum.");
    }

    static Bip32Path Append(Bip32Path path, params ReadOnlySpan<uint> indices) => new([.. path.Indices, .. indices]);
}
