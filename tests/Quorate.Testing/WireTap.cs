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
        var message = change(M.Read(ref reader));
        using var writer = new WireWriter();
        writer.Raw(bytes[..^frame.Payload.Length]);
        message.Write(writer);
        (message as IDisposable)?.Dispose();
        return writer.Written.ToArray();
    }
}
