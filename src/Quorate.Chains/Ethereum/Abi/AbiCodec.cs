using System.Collections.Immutable;
using System.Text;

namespace Quorate.Chains.Ethereum.Abi;

/// <summary>
/// Values in the contract ABI's encoding (Solidity's "Formal Specification of the Encoding"), strict mode: one encoding a
/// value, the one every compiler writes. Tails stand in order without gaps, padding is zero, and nothing follows. So no
/// byte is read twice, and decoding takes time and memory in proportion to the bytes.
/// </summary>
static class AbiCodec
{
    const int WordSize = 32;

    static readonly UTF8Encoding strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The values of a parameter list.</summary>
    /// <exception cref="FormatException">They are not in canonical form; the message says where.</exception>
    internal static ImmutableArray<AbiValue> Decode(ImmutableArray<AbiMember> members, ReadOnlyMemory<byte> data)
    {
        var tail = HeadSize(members);
        var values = ReadSequence(members, members.Length, data, 0, ref tail);
        return tail == data.Length ? values : throw Wrong(tail, $"{data.Length - tail} bytes too many");
    }

    /// <summary>Bytes that the values take.</summary>
    /// <exception cref="ArgumentException">They do not fit the types.</exception>
    internal static int SizeOf(ImmutableArray<AbiMember> members, ReadOnlySpan<AbiValue> values)
    {
        if (values.Length != members.Length)
            throw new ArgumentException($"{values.Length} values for {members.Length} parameters.", nameof(values));
        var size = 0;
        for (var i = 0; i < values.Length; i++)
            size += (members[i].Type.IsDynamic ? WordSize : 0) + SizeOf(members[i].Type, values[i]);
        return size;
    }

    /// <summary>Writes the values, which take <see cref="SizeOf(ImmutableArray{AbiMember}, ReadOnlySpan{AbiValue})"/> bytes.</summary>
    /// <exception cref="ArgumentException">One is out of its type's range.</exception>
    internal static void Write(ImmutableArray<AbiMember> members, ReadOnlySpan<AbiValue> values, Span<byte> destination)
    {
        var (head, tail) = (0, HeadSize(members));
        for (var i = 0; i < values.Length; i++)
            WriteItem(members[i].Type, values[i], destination, ref head, ref tail);
    }

    /// <summary>Whether a word is a value of the type, with the padding it must have.</summary>
    internal static bool IsInRange(AbiType type, Amount value)
    {
        Span<byte> bytes = stackalloc byte[WordSize];
        value.WriteBigEndian(bytes);
        switch (type.Kind)
        {
            case AbiKind.UnsignedInteger:
                return !bytes[..(WordSize - type.Size / 8)].ContainsAnyExcept((byte)0);
            case AbiKind.SignedInteger:
                var first = WordSize - type.Size / 8;
                return !bytes[..first].ContainsAnyExcept((bytes[first] & 0x80) == 0 ? (byte)0 : (byte)0xFF);
            case AbiKind.Address:
                return !bytes[..(WordSize - EthereumAddress.Size)].ContainsAnyExcept((byte)0);
            case AbiKind.Boolean:
                return value <= 1;
            default:
                return !bytes[type.Size..].ContainsAnyExcept((byte)0);
        }
    }

    static int HeadSize(ImmutableArray<AbiMember> members) => members.Sum(m => m.Type.HeadSize);

    // A static value is read at `head`; a dynamic one at `tail`, to which its offset there must point.
    static AbiValue ReadItem(AbiType type, ReadOnlyMemory<byte> data, int origin, ref int head, ref int tail)
    {
        if (type.IsDynamic)
        {
            var at = head;
            var offset = ReadLength(data, ref head);
            if (offset != tail - origin)
                throw Wrong(at, $"an offset of {offset} where the value stands at {tail - origin}");
            return ReadDynamic(type, data, ref tail);
        }
        if (type.Kind is AbiKind.Array or AbiKind.Tuple)
            return new AbiValue.Sequence(ReadItems(type, type.Length ?? type.Members.Length, data, origin, ref head, ref tail));
        var word = Amount.FromBigEndian(Slice(data, head, WordSize).Span);
        if (!IsInRange(type, word))
            throw Wrong(head, $"a word that is no {type}");
        head += WordSize;
        return new AbiValue.Word(word);
    }

    static AbiValue ReadDynamic(AbiType type, ReadOnlyMemory<byte> data, ref int tail)
    {
        switch (type.Kind)
        {
            case AbiKind.Tuple:
                return new AbiValue.Sequence(ReadNested(type, type.Members.Length, data, ref tail));
            case AbiKind.Array when type.Length is { } length:
                return new AbiValue.Sequence(ReadNested(type, length, data, ref tail));
            case AbiKind.Array:
                var at = tail;
                var count = ReadLength(data, ref tail);
                // Every element has a head: a count that the bytes can not hold is refused before anything is made.
                if (count > (data.Length - tail) / type.Element!.HeadSize)
                    throw Wrong(at, $"{count} elements in {data.Length - tail} bytes");
                return new AbiValue.Sequence(ReadNested(type, count, data, ref tail));
            default:
                var size = ReadLength(data, ref tail);
                var start = tail;
                var bytes = Slice(data, start, size);
                var padding = Slice(data, start + size, (WordSize - size % WordSize) % WordSize);
                if (padding.Span.ContainsAnyExcept((byte)0))
                    throw Wrong(start + size, "padding that is not zero");
                tail = start + size + padding.Length;
                return type.Kind == AbiKind.Bytes ? new AbiValue.Blob(bytes) : new AbiValue.Text(Utf8(bytes.Span, start));
        }
    }

    static ImmutableArray<AbiValue> ReadNested(AbiType type, int count, ReadOnlyMemory<byte> data, ref int tail)
    {
        var origin = tail;
        tail += type.Element is { } element ? element.HeadSize * count : HeadSize(type.Members);
        var head = origin;
        return ReadItems(type, count, data, origin, ref head, ref tail);
    }

    static ImmutableArray<AbiValue> ReadSequence(
        ImmutableArray<AbiMember> members, int count, ReadOnlyMemory<byte> data, int origin, ref int tail)
    {
        var head = origin;
        var items = new AbiValue[count];
        for (var i = 0; i < count; i++)
            items[i] = ReadItem(members[i].Type, data, origin, ref head, ref tail);
        return [.. items];
    }

    static ImmutableArray<AbiValue> ReadItems(AbiType type, int count, ReadOnlyMemory<byte> data, int origin, ref int head, ref int tail)
    {
        var items = ImmutableArray.CreateBuilder<AbiValue>(count);
        for (var i = 0; i < count; i++)
            items.Add(ReadItem(type.Element ?? type.Members[i].Type, data, origin, ref head, ref tail));
        return items.MoveToImmutable();
    }

    static int ReadLength(ReadOnlyMemory<byte> data, ref int position)
    {
        var value = Amount.FromBigEndian(Slice(data, position, WordSize).Span);
        if (!value.TryToUInt64(out var length) || length > (ulong)data.Length)
            throw Wrong(position, "a length or offset beyond the end");
        position += WordSize;
        return (int)length;
    }

    static ReadOnlyMemory<byte> Slice(ReadOnlyMemory<byte> data, int start, int length) =>
        start <= data.Length && length <= data.Length - start
            ? data.Slice(start, length)
            : throw Wrong(data.Length, "the end where more is expected");

    static string Utf8(ReadOnlySpan<byte> bytes, int at)
    {
        try
        {
            return strictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Wrong(at, "text that is not UTF-8");
        }
    }

    static int SizeOf(AbiType type, AbiValue value) => (type.Kind, value) switch
    {
        (AbiKind.Bytes, AbiValue.Blob blob) => WordSize + Padded(blob.Value.Length),
        (AbiKind.Text, AbiValue.Text text) => WordSize + Padded(strictUtf8.GetByteCount(text.Value)),
        (AbiKind.Tuple, AbiValue.Sequence sequence) => SizeOf(type.Members, sequence.Items.AsSpan()),
        (AbiKind.Array, AbiValue.Sequence sequence) when type.Length is not { } length || length == sequence.Items.Length =>
            (type.Length is null ? WordSize : 0)
                + sequence.Items.Sum(item => (type.Element!.IsDynamic ? WordSize : 0) + SizeOf(type.Element!, item)),
        (not (AbiKind.Bytes or AbiKind.Text or AbiKind.Tuple or AbiKind.Array), AbiValue.Word word) when IsInRange(type, word.Value) => WordSize,
        _ => throw new ArgumentException($"Not a value of {type}: {value.GetType().Name}.", nameof(value)),
    };

    static void WriteItem(AbiType type, AbiValue value, Span<byte> destination, ref int head, ref int tail)
    {
        if (type.IsDynamic)
        {
            WriteLength(tail, destination, ref head);
            tail += WriteDynamic(type, value, destination[tail..]);
        }
        else if (value is AbiValue.Sequence sequence)
        {
            for (var i = 0; i < sequence.Items.Length; i++)
                WriteItem(type.Element ?? type.Members[i].Type, sequence.Items[i], destination, ref head, ref tail);
        }
        else
        {
            ((AbiValue.Word)value).Value.WriteBigEndian(destination[head..]);
            head += WordSize;
        }
    }

    static int WriteDynamic(AbiType type, AbiValue value, Span<byte> destination)
    {
        var head = 0;
        switch (value)
        {
            case AbiValue.Blob blob:
                WriteLength(blob.Value.Length, destination, ref head);
                blob.Value.Span.CopyTo(destination[head..]);
                return head + Padded(blob.Value.Length);
            case AbiValue.Text text:
                var size = strictUtf8.GetBytes(text.Value, destination[WordSize..]);
                WriteLength(size, destination, ref head);
                return head + Padded(size);
            default:
                var items = ((AbiValue.Sequence)value).Items;
                if (type.Kind == AbiKind.Array && type.Length is null)
                    WriteLength(items.Length, destination, ref head);
                var content = destination[head..];
                var (at, tail) = (0, type.Element is { } element ? element.HeadSize * items.Length : HeadSize(type.Members));
                for (var i = 0; i < items.Length; i++)
                    WriteItem(type.Element ?? type.Members[i].Type, items[i], content, ref at, ref tail);
                return head + tail;
        }
    }

    static void WriteLength(int value, Span<byte> destination, ref int position)
    {
        ((Amount)(ulong)value).WriteBigEndian(destination[position..]);
        position += WordSize;
    }

    static int Padded(int size) => (size + WordSize - 1) / WordSize * WordSize;

    static FormatException Wrong(int offset, string what) => new($"Not canonical ABI: at byte {offset} of the arguments, {what}.");
}
