using FsCheck;
using FsCheck.Fluent;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Tests.Sessions;

/// <summary>The frame: header, reports, message.</summary>
public sealed class FrameTests
{
    static readonly byte[] context = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    static byte[] Encode(byte round, bool isEcho, byte[] digests, byte[] payload)
    {
        using var writer = new WireWriter();
        new Frame { Round = round, IsEcho = isEcho, Digests = digests, Payload = payload }.Write(context, writer);
        return writer.Written.ToArray();
    }

    [Fact]
    public void The_layout_is_the_documented_one()
    {
        byte[] digests = [.. Enumerable.Repeat((byte)0xdd, 64)];
        var bytes = Encode(7, isEcho: false, digests, [0xaa, 0xbb]);
        Assert.Equal((byte[])[1, .. context, 7, 0, 0, 2, .. digests, 0xaa, 0xbb], bytes);
        Assert.Equal(Frame.HeaderSize + 64 + 2, bytes.Length);
        Assert.Equal((byte[])[1, .. context, 7, 1, 0, 0], Encode(7, isEcho: true, [], []));
    }

    [Fact]
    public void Writing_and_reading_are_inverse_and_different_frames_have_different_bytes()
    {
        var frames =
            from round in ArbMap.Default.GeneratorFor<byte>()
            from count in Gen.Choose(0, 5)
            from digests in Gen.ArrayOf(ArbMap.Default.GeneratorFor<byte>(), 32 * count)
            from payload in ArbMap.Default.GeneratorFor<byte[]>()
            from isEcho in Gen.Elements(false, true)
            select (Round: round, IsEcho: isEcho, Digests: digests, Payload: isEcho ? [] : payload);
        Prop.ForAll(Gen.Two(frames).ToArbitrary(), pair =>
        {
            var (a, b) = pair;
            var bytes = Encode(a.Round, a.IsEcho, a.Digests, a.Payload);
            var read = Frame.Read(bytes);
            var same = a.Round == b.Round && a.IsEcho == b.IsEcho && a.Digests.AsSpan().SequenceEqual(b.Digests) && a.Payload.AsSpan().SequenceEqual(b.Payload);
            return read.Round == a.Round && read.IsEcho == a.IsEcho
                && read.Digests.SequenceEqual(a.Digests) && read.Payload.SequenceEqual(a.Payload)
                && bytes.AsSpan().SequenceEqual(Encode(b.Round, b.IsEcho, b.Digests, b.Payload)) == same;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_frame_belongs_to_one_context_and_one_version()
    {
        var bytes = Encode(1, isEcho: false, [], [1]);
        Assert.True(Frame.BelongsTo(context, bytes));
        for (var i = 0; i < 33; i++)
        {
            var changed = bytes.ToArray();
            changed[i] ^= 1;
            Assert.False(Frame.BelongsTo(context, changed));
            Assert.False(Frame.BelongsTo(context, bytes.AsSpan(0, i)));
        }
        bytes[33] ^= 1;
        Assert.True(Frame.BelongsTo(context, bytes));
    }

    [Fact]
    public void A_message_digest_depends_on_context_round_sender_and_payload()
    {
        byte[][] digests =
        [
            Frame.Digest(context, 1, new(1), [1, 2]),
            Frame.Digest([.. context[..31], 0], 1, new(1), [1, 2]),
            Frame.Digest(context, 2, new(1), [1, 2]),
            Frame.Digest(context, 1, new(2), [1, 2]),
            Frame.Digest(context, 1, new(257), [1, 2]),
            Frame.Digest(context, 1, new(1), [1]),
            Frame.Digest(context, 1, new(1), [1, 2, 0]),
            Frame.Digest(context, 1, new(1), []),
        ];
        Assert.Equal(digests.Length, digests.Select(Convert.ToHexString).Distinct().Count());
    }

    [Fact]
    public void Truncated_headers_and_unknown_kinds_are_refused()
    {
        var bytes = Encode(1, isEcho: false, new byte[64], []);
        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<WireException>(() => Frame.Read(bytes.AsSpan(0, length)).Round);
        bytes[34] = 2;
        Assert.Throws<WireException>(() => Frame.Read(bytes).Round);
        Assert.Throws<WireException>(() => Frame.Read((byte[])[.. Encode(1, isEcho: true, [], []), 0]).Round);
    }
}
