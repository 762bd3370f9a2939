using FsCheck;
using FsCheck.Fluent;
using Quorate.Cryptography.Curves;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Tests.Sessions;

/// <summary>The wire format: what is written can be read, everything else is refused, with the offset of the culprit.</summary>
public sealed class WireTests
{
    delegate void Reading(ref WireReader reader);

    static WireException Refused(byte[] input, Reading read)
    {
        try
        {
            var reader = new WireReader(input);
            read(ref reader);
        }
        catch (WireException refused)
        {
            return refused;
        }
        throw new Xunit.Sdk.XunitException("The bytes were accepted.");
    }

    [Fact]
    public void Integers_are_big_endian_and_items_stand_back_to_back()
    {
        using var writer = new WireWriter();
        writer.Byte(1);
        writer.UInt16(0x0203);
        writer.UInt64(0x0405060708090a0b);
        writer.Bytes([0xcc, 0xdd]);
        writer.Party(new(0xeeff));
        writer.Raw([0x77]);
        Assert.Equal("01" + "0203" + "0405060708090a0b" + "0002ccdd" + "eeff" + "77", Convert.ToHexStringLower(writer.Written));

        var reader = new WireReader(writer.Written);
        Assert.Equal(1, reader.Byte());
        Assert.Equal(0x0203, reader.UInt16());
        Assert.Equal(0x0405060708090a0bUL, reader.UInt64());
        Assert.Equal([0xcc, 0xdd], reader.Bytes(2).ToArray());
        Assert.Equal(new PartyId(0xeeff), reader.Party());
        Assert.Equal(17, reader.Offset);
        Assert.Equal(1, reader.Remaining);
        Assert.Equal([0x77], reader.Take(1).ToArray());
        reader.End();
    }

    [Fact]
    public void Every_primitive_refuses_every_truncation_and_says_where()
    {
        (int Size, Reading Read)[] primitives =
        [
            (1, (ref WireReader r) => r.Byte()),
            (2, (ref WireReader r) => r.UInt16()),
            (8, (ref WireReader r) => r.UInt64()),
            (2, (ref WireReader r) => r.Party()),
            (2, (ref WireReader r) => r.Count(ushort.MaxValue)),
            (5, (ref WireReader r) => r.Take(5)),
            (33, (ref WireReader r) => r.Point<Secp256k1>()),
            (32, (ref WireReader r) => r.Point<Ed25519>()),
            (32, (ref WireReader r) => r.Scalar<Secp256k1>()),
            (32, (ref WireReader r) => r.SecretScalar<Ed25519>().Dispose()),
        ];
        foreach (var (size, read) in primitives)
            for (var left = 0; left < size; left++)
            {
                var refused = Refused(new byte[3 + left], (ref WireReader r) =>
                {
                    r.Take(3);
                    read(ref r);
                });
                Assert.Equal(3, refused.Offset);
                Assert.Equal($"Byte 3: {size} bytes wanted, {left} left", refused.Message);
            }
    }

    [Fact]
    public void A_length_that_is_negative_or_overflows_takes_nothing()
    {
        Assert.Equal(0, Refused(new byte[4], (ref WireReader r) => r.Take(-1)).Offset);
        Assert.Equal(0, Refused(new byte[4], (ref WireReader r) => r.Take(int.MaxValue)).Offset);
    }

    [Fact]
    public void Counts_are_checked_against_their_limit_before_anything_is_read()
    {
        Assert.Equal(2, Refused([9, 9, 0, 4, 1, 2, 3, 4], (ref WireReader r) =>
        {
            r.UInt16();
            r.Bytes(3);
        }).Offset);
        Assert.Equal("Byte 0: count 3 above the limit of 2", Refused([0, 3], (ref WireReader r) => r.Points<Secp256k1>(2)).Message);
        // 65,535 points announced in two bytes: refused before 10 MB are allocated for them.
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("Byte 2: 65535 points wanted, 1 bytes left", Refused([0xff, 0xff, 0], (ref WireReader r) => r.Points<Secp256k1>(ushort.MaxValue)).Message);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000);
    }

    [Fact]
    public void Trailing_bytes_are_refused_where_they_begin() =>
        Assert.Equal("Byte 1: 2 trailing bytes", Refused([1, 2, 3], (ref WireReader r) =>
        {
            r.Byte();
            r.End();
        }).Message);

    [Fact]
    public void Party_0_is_refused() => Assert.Equal("Byte 0: party 0", Refused([0, 0], (ref WireReader r) => r.Party()).Message);

    public static TheoryData<string> NoSecp256k1Points => new(
        "00", "020000000000000000000000000000000000000000000000000000000000000005",
        "04" + "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
        "02fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f", "02fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc30");

    [Theory, MemberData(nameof(NoSecp256k1Points))]
    public void What_is_no_secp256k1_point_is_refused_at_its_first_byte(string hex)
    {
        var input = new byte[34];
        Convert.FromHexString(hex).CopyTo(input, 1);
        Assert.Equal("Byte 1: not a secp256k1 point", Refused(input, (ref WireReader r) =>
        {
            r.Byte();
            r.Point<Secp256k1>();
        }).Message);
    }

    public static TheoryData<string> NoEd25519Points => new(
        "0100000000000000000000000000000000000000000000000000000000000000",   // the identity
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",   // order 2
        "0000000000000000000000000000000000000000000000000000000000000000",   // order 4
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",   // order 8
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",   // the identity, not canonical
        "0200000000000000000000000000000000000000000000000000000000000000");  // no point at all

    [Theory, MemberData(nameof(NoEd25519Points))]
    public void What_is_no_ed25519_point_of_prime_order_is_refused(string hex) =>
        Assert.Equal("Byte 0: not a edwards25519 point", Refused(Convert.FromHexString(hex), (ref WireReader r) => r.Point<Ed25519>()).Message);

    [Fact]
    public void Scalars_from_the_order_upwards_are_refused_at_their_first_byte()
    {
        var order = Convert.FromHexString("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
        var refused = Refused([7, .. order], (ref WireReader r) =>
        {
            r.Byte();
            r.Scalar<Secp256k1>();
        });
        Assert.Equal("Byte 1: not a canonical secp256k1 scalar", refused.Message);
        order[31]--;
        var reader = new WireReader(order);
        Assert.Equal(-Scalar<Secp256k1>.One, reader.Scalar<Secp256k1>());
    }

    [Fact]
    public void The_identity_and_numbers_beyond_their_field_cannot_be_written()
    {
        using var writer = new WireWriter();
        Assert.Throws<InvalidOperationException>(() => writer.Point(Point<Secp256k1>.Identity));
        Assert.Throws<InvalidOperationException>(() => writer.Pair(Point<Secp256k1>.G, Point<Secp256k1>.Identity));
        Assert.Throws<InvalidOperationException>(() => writer.Pair(Point<Secp256k1>.Identity, Point<Secp256k1>.G));
        Assert.Throws<InvalidOperationException>(() => writer.Points<Secp256k1>([Point<Secp256k1>.G, Point<Secp256k1>.Identity]));
        Assert.Throws<OverflowException>(() => writer.UInt16(65536));
        Assert.Throws<OverflowException>(() => writer.UInt16(-1));
        Assert.Throws<OverflowException>(() => writer.Bytes(new byte[65536]));
    }

    [Fact]
    public void Points_pairs_and_single_points_have_one_encoding()
    {
        var (p, q) = (Point<Ed25519>.G, Point<Ed25519>.G + Point<Ed25519>.G);
        using var pair = new WireWriter();
        pair.Pair(p, q);
        using var singles = new WireWriter();
        singles.Point(p);
        singles.Point(q);
        using var list = new WireWriter();
        list.Points<Ed25519>([p, q]);
        Assert.Equal(singles.Written.ToArray(), pair.Written.ToArray());
        Assert.Equal((byte[])[0, 2, .. singles.Written], list.Written.ToArray());
    }

    [Fact]
    public void Byte_strings_of_every_length_come_back()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<byte[][]>(), strings =>
        {
            using var writer = new WireWriter();
            foreach (var s in strings)
                writer.Bytes(s);
            var reader = new WireReader(writer.Written);
            foreach (var s in strings)
                if (!reader.Bytes(ushort.MaxValue).SequenceEqual(s))
                    return false;
            reader.End();
            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_long_message_survives_the_buffers_growth_and_a_disposed_writer_is_empty()
    {
        var writer = new WireWriter();
        var expected = new byte[5000];
        for (var i = 0; i < expected.Length; i++)
            writer.Byte(expected[i] = (byte)(i * 7));
        Assert.Equal(expected, writer.Written.ToArray());
        writer.Dispose();
        Assert.Equal(0, writer.Length);
        Assert.True(writer.Written.IsEmpty);
    }
}
