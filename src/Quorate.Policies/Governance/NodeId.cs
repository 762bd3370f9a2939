using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Signatures;

namespace Quorate.Policies;

/// <summary>
/// Who a node is: its Ed25519 public key, 32 bytes. The fingerprint that operators compare is all of it in hexadecimal, in
/// groups of four; there is no shorter one to be fooled with.
/// </summary>
public sealed class NodeId : IEquatable<NodeId>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = Ed25519Signature.PublicKeySize;

    readonly byte[] key;

    NodeId(byte[] key) => this.key = key;

    /// <summary>The 32 bytes.</summary>
    public ReadOnlySpan<byte> AsSpan() => key;

    /// <summary>The id of these 32 bytes.</summary>
    /// <exception cref="ArgumentException">Not the encoding of a point of the prime-order group other than the identity.</exception>
    public static NodeId FromPublicKey(ReadOnlySpan<byte> key) =>
        IsKey(key) ? new(key.ToArray()) : throw new ArgumentException("Not an Ed25519 public key.", nameof(key));

    /// <summary>Reads 64 lower-case hexadecimal digits.</summary>
    public static bool TryParse(string? text, out NodeId? id)
    {
        id = null;
        if (text is not { Length: 2 * Size } || text.Any(c => c is not ((>= '0' and <= '9') or (>= 'a' and <= 'f'))))
            return false;
        var key = Convert.FromHexString(text);
        id = IsKey(key) ? new(key) : null;
        return id is not null;
    }

    /// <summary>The key in groups of four digits, to be read aloud.</summary>
    public string Fingerprint => string.Join(' ', ToString().Chunk(4).Select(group => new string(group)));

    /// <summary>Whether a signature of this node over a message verifies.</summary>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) => Ed25519Signature.Verify(key, message, signature);

    /// <inheritdoc/>
    public bool Equals(NodeId? other) => other is not null && key.AsSpan().SequenceEqual(other.key);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as NodeId);

    /// <inheritdoc/>
    public override int GetHashCode() => BitConverter.ToInt32(key);

    /// <summary>64 hexadecimal digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(key);

    static bool IsKey(ReadOnlySpan<byte> key) =>
        key.Length == Size && Point<Ed25519>.TryDecode(key, out var point) && !point.IsIdentity;
}
