using System.Buffers.Binary;
using Google.Protobuf;

namespace Quorate.Rpc.Tests.Wire;

/// <summary>gRPC's message frames, written without the code under test.</summary>
static class Frames
{
    internal static byte[] Of(IMessage message) => Raw(0, message.ToByteArray());

    internal static byte[] Raw(byte flag, byte[] payload, uint? size = null)
    {
        var frame = new byte[5 + payload.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), size ?? (uint)payload.Length);
        payload.CopyTo(frame, 5);
        return frame;
    }
}
