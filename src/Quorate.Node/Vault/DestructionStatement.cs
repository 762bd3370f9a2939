using System.Text;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Signatures;
using Quorate.Policies;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Node.Vault;

/// <summary>
/// A node's word that it has destroyed everything it held of a key, up to an epoch. It is a promise and not a proof: no
/// software can show that no copy is left.
/// </summary>
/// <param name="Node">Who signs.</param>
/// <param name="Key">Of which key; see <see cref="KeyId"/>.</param>
/// <param name="Scheme">Of the key.</param>
/// <param name="Epoch">Of the sharing that was in force for the node.</param>
/// <param name="NextEpoch">All shares below this epoch are gone, pending ones included.</param>
/// <param name="Party">Whose shares they were.</param>
/// <param name="Time">By the node's clock, in milliseconds.</param>
/// <param name="Reason">In words, 1 to <see cref="MaxReasonBytes"/> bytes of UTF-8.</param>
public sealed record DestructionStatement(
    NodeId Node, Digest Key, KeyScheme Scheme, uint Epoch, uint NextEpoch, PartyId Party, DateTimeOffset Time, string Reason)
{
    /// <summary>A sentence or two.</summary>
    public const int MaxReasonBytes = 1_000;

    const byte FormatVersion = 1;

    static readonly UTF8Encoding strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    byte[] signature = [];

    /// <summary>Whether the node has signed it.</summary>
    public bool Verify() => Node.Verify(Message(), signature);

    /// <summary>The encoding, signature included.</summary>
    public byte[] Encode()
    {
        using var writer = new WireWriter();
        Write(writer);
        writer.Raw(signature);
        return writer.Written.ToArray();
    }

    /// <summary>Reads the encoding. Whether it is signed, <see cref="Verify"/> tells.</summary>
    /// <exception cref="FormatException">The bytes are no statement of a known version.</exception>
    public static DestructionStatement Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        var version = reader.Byte();
        if (version != FormatVersion)
            throw reader.Error($"statement version {version}, known is {FormatVersion}");
        try
        {
            var node = NodeId.FromPublicKey(reader.Take(NodeId.Size));
            var key = new Digest(reader.Take(Digest.Size));
            var scheme = (KeyScheme)reader.Byte();
            var (epoch, next) = (reader.UInt64(), reader.UInt64());
            if (!Enum.IsDefined(scheme) || epoch > uint.MaxValue || next > uint.MaxValue)
                throw reader.Error("a scheme or an epoch that does not exist");
            var party = reader.Party();
            var time = RestoreMark.ReadTime(ref reader);
            var reason = strictUtf8.GetString(reader.Bytes(MaxReasonBytes));
            var signature = reader.Take(Ed25519Signature.Size).ToArray();
            reader.End();
            return new(node, key, scheme, (uint)epoch, (uint)next, party, time, reason) { signature = signature };
        }
        catch (ArgumentException invalid)
        {
            throw reader.Error(invalid.Message);
        }
    }

    /// <summary>Signs it.</summary>
    /// <exception cref="ArgumentException">The reason is empty, too long, or no text; or the key is not the node's.</exception>
    internal DestructionStatement SignedBy(Ed25519Key key)
    {
        if (strictUtf8.GetByteCount(Reason) is 0 or > MaxReasonBytes)
            throw new ArgumentException($"A reason has 1 to {MaxReasonBytes} bytes.");
        var signed = this with { Time = DateTimeOffset.FromUnixTimeMilliseconds(Time.ToUnixTimeMilliseconds()), signature = [] };
        return signed with { signature = key.Sign(signed.Message()) };
    }

    /// <summary>By its encoding: the signature counts.</summary>
    public bool Equals(DestructionStatement? other) => other is not null && Encode().AsSpan().SequenceEqual(other.Encode());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Node, Key, Epoch);

    byte[] Message()
    {
        using var writer = new WireWriter();
        Write(writer);
        using var transcript = new Transcript(Tags.ShareDestroyed);
        return transcript.Append(writer.Written).Digest();
    }

    void Write(WireWriter writer)
    {
        writer.Byte(FormatVersion);
        writer.Raw(Node.AsSpan());
        writer.Raw(Key.ToArray());
        writer.Byte((byte)Scheme);
        writer.UInt64(Epoch);
        writer.UInt64(NextEpoch);
        writer.Party(Party);
        writer.UInt64((ulong)Time.ToUnixTimeMilliseconds());
        writer.Bytes(strictUtf8.GetBytes(Reason));
    }
}
