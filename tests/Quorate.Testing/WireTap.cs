using Quorate.Threshold.Sessions;

namespace Quorate.Testing;

/// <summary>Opens a session's frames on the wire, for tests that cheat.</summary>
public static class WireTap
{
    /// <summary>The round of a frame, and whether it is a bare echo.</summary>
    public static (byte Round, bool IsEcho) RoundOf(ReadOnlySpan<byte> bytes)
    {
        var frame = Frame.Read(bytes);
        return (frame.Round, frame.IsEcho);
    }

    /// <summary>The frame with its message decoded, changed and encoded again; header and confirmations stay.</summary>
    public static byte[] Replace<M>(ReadOnlySpan<byte> bytes, Func<M, M> change) where M : IMessage<M>
    {
        var frame = Frame.Read(bytes);
        var reader = new WireReader(frame.Payload);
        var original = M.Read(ref reader);
        var message = change(original);
        using var writer = new WireWriter();
        writer.Raw(bytes[..^frame.Payload.Length]);
        message.Write(writer);
        (original as IDisposable)?.Dispose();
        (message as IDisposable)?.Dispose();
        return writer.Written.ToArray();
    }

    /// <summary>The digest under which receivers report the message that <paramref name="sender"/> sent in this frame.</summary>
    public static byte[] DigestOf(PartyId sender, ReadOnlySpan<byte> bytes)
    {
        var frame = Frame.Read(bytes);
        return Frame.Digest(bytes.Slice(1, SessionId.Size), frame.Round, sender, frame.Payload);
    }

    /// <summary>The frame with every reported digest that equals <paramref name="from"/> replaced.</summary>
    public static byte[] ReplaceDigest(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        var changed = bytes.ToArray();
        var digests = changed.AsSpan(Frame.HeaderSize, Frame.Read(bytes).Digests.Length);
        for (; !digests.IsEmpty; digests = digests[Frame.DigestSize..])
            if (digests[..Frame.DigestSize].SequenceEqual(from))
                to.CopyTo(digests);
        return changed;
    }
}
