using FsCheck;
using FsCheck.Fluent;
using Quorate.Journal.Chain;

namespace Quorate.Journal.Tests.Chain;

public class EncodingProperties
{
    const string Letters = "abcXYZ019-_.:/@+=~";

    static Gen<string> Name(int maxLength) =>
        from length in Gen.Frequency((5, Gen.Choose(1, 12)), (1, Gen.Constant(1)), (1, Gen.Constant(maxLength)))
        from letters in Gen.ArrayOf(Gen.Elements(Letters.ToCharArray()), length)
        select new string(letters);

    static Gen<byte[]> Payload =>
        from length in Gen.Frequency((4, Gen.Choose(0, 40)), (1, Gen.Constant(0)), (1, Gen.Choose(900, 1_200)))
        from bytes in Gen.ArrayOf(Gen.Choose(0, 255), length)
        select bytes.Select(b => (byte)b).ToArray();

    static Gen<long> Long(params long[] edges) => Gen.OneOf(Gen.Elements(edges), Gen.Choose(1, 1_000_000).Select(i => (long)i));

    internal static Gen<RecordedEvent> Events =>
        from stream in Name(JournalLimits.MaxStreamNameLength)
        from type in Name(JournalLimits.MaxTypeNameLength)
        from version in Long(1, long.MaxValue)
        from schema in Gen.OneOf(Gen.Elements(1, 65_535), Gen.Choose(1, 65_535))
        from recorded in Long(0, 253_402_300_799_999_999)
        from id in Gen.ArrayOf(Gen.Choose(0, 255), 16)
        from payload in Payload
        select new RecordedEvent
        {
            Position = 1, Stream = stream, Version = version, Id = new(id.Select(b => (byte)b).ToArray()), Type = type,
            SchemaVersion = schema, RecordedMicroseconds = recorded, Payload = payload, Hash = default,
        };

    static byte[] Encode(RecordedEvent e)
    {
        var encoded = new byte[EventEncoding.SizeOf(e)];
        EventEncoding.Write(e, encoded);
        return encoded;
    }

    [Fact]
    public void An_event_is_read_again_from_its_encoding() => Prop.ForAll(Events.ToArbitrary(), e =>
    {
        var read = EventEncoding.Read(Encode(e), 1, default, out _)!;
        return (read.Stream, read.Version, read.Id, read.Type, read.SchemaVersion, read.RecordedMicroseconds)
            == (e.Stream, e.Version, e.Id, e.Type, e.SchemaVersion, e.RecordedMicroseconds)
            && read.Payload.Span.SequenceEqual(e.Payload.Span) && EventEncoding.Problem(read) is null;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_read_is_what_encodes_to_the_same_bytes() => Prop.ForAll(
        Events.ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), Gen.Choose(0, 255).ToArbitrary(), (e, at, value) =>
        {
            var encoded = Encode(e);
            encoded[at % encoded.Length] = (byte)value;
            return EventEncoding.Read(encoded, 1, default, out _) is not { } read || Encode(read).AsSpan().SequenceEqual(encoded);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_shortened_or_lengthened_encoding_is_refused_with_a_place() => Prop.ForAll(
        Events.ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (e, cut) =>
        {
            var encoded = Encode(e);
            var shorter = encoded[..(cut % encoded.Length)];
            return EventEncoding.Read(shorter, 1, default, out var problem) is null && problem.What.Length > 0 && problem.Offset <= shorter.Length
                && EventEncoding.Read([.. encoded, 0], 1, default, out _) is null;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_digest_changes_with_every_byte_of_the_encoding() => Prop.ForAll(Events.ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (e, at) =>
    {
        var encoded = Encode(e);
        encoded[at % encoded.Length] ^= 1;
        return EventEncoding.Read(encoded, 1, default, out _) is not { } other || HashChain.Digest(other) != HashChain.Digest(e);
    }).QuickCheckThrowOnFailure();
}
