using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Testing.Native;

namespace Quorate.Benchmarks;

/// <summary>secp256k1 beside libsecp256k1, then the single operations.</summary>
static class CurveBenchmarks
{
    internal static void Run(string[] args)
    {
        using var random = new SeededRandom(1, "curves");
        var (k, k2, p) = Inputs(random);
        Paired.Heading("ours ns", "libsecp ns");
        foreach (var comparison in Comparisons(k, k2, p))
            Paired.Compare(comparison);
        Sums(random);
        Single(k, k2, p);
    }

    /// <summary>Beside libsecp256k1.</summary>
    internal static IEnumerable<Comparison> Comparisons()
    {
        using var random = new SeededRandom(1, "curves");
        var (k, k2, p) = Inputs(random);
        return Comparisons(k, k2, p);
    }

    static (Scalar<Secp256k1>, Scalar<Secp256k1>, Point<Secp256k1>) Inputs(SeededRandom random)
    {
        var bytes = new byte[64];
        random.Fill(bytes);
        var k = Scalar<Secp256k1>.Reduce(bytes);
        random.Fill(bytes);
        var k2 = Scalar<Secp256k1>.Reduce(bytes);
        return (k, k2, Point<Secp256k1>.MultiplyBase(k2));
    }

    static IEnumerable<Comparison> Comparisons(Scalar<Secp256k1> k, Scalar<Secp256k1> k2, Point<Secp256k1> p)
    {
        var kBytes = k.Encode();
        var encoded = p.Encode();
        var output = new byte[64];
        var point = new byte[33];

        var pubkey = new byte[64];
        var scratch = new byte[64];
        Libsecp256k1.PubkeyParse(pubkey, encoded);
        var digest = new byte[32];
        var compact = new byte[64];
        Libsecp256k1.EcdsaSign(compact, digest, kBytes);
        var ecdsa = new byte[64];
        Libsecp256k1.EcdsaParseCompact(ecdsa, compact);
        var signer = new byte[64];
        Libsecp256k1.PubkeyCreate(signer, kBytes);
        var schnorr = new byte[64];
        Libsecp256k1.SchnorrSign(schnorr, digest, kBytes, new byte[32]);
        var xonly = new byte[64];
        Libsecp256k1.XOnlyPubkeyParse(xonly, Point<Secp256k1>.MultiplyBase(k).EncodeXOnly());

        yield return new("k·P constant time, to bytes",
            () => (k * p).EncodeUncompressed(output65), () => Libsecp256k1.Multiply(output, pubkey, kBytes), Overview: "any point, constant time");
        yield return new("k·G constant time, affine",
            () => Point<Secp256k1>.MultiplyBase(k).Encode(point), () => Libsecp256k1.PubkeyCreate(scratch, kBytes), Overview: "base point, constant time");
        yield return new("a·G + b·P | ECDSA verification",
            () => Point<Secp256k1>.MultiplyAddBaseVarTime(k, k2, p), () => Libsecp256k1.EcdsaVerify(ecdsa, digest, signer));
        yield return new("a·G + b·P | BIP 340 verification",
            () => Point<Secp256k1>.MultiplyAddBaseVarTime(k, k2, p).HasEvenY.ToString(),
            () => Libsecp256k1.SchnorrVerify(schnorr, digest, xonly));
        yield return new("k·P variable time",
            () => Point<Secp256k1>.MultiplyVarTime(k, p),
            () =>
            {
                pubkey.CopyTo(scratch, 0);
                Libsecp256k1.PubkeyTweakMultiply(scratch, kBytes);
            });
        yield return new("decode compressed",
            () => Point<Secp256k1>.TryDecode(encoded, out _), () => Libsecp256k1.PubkeyParse(scratch, encoded));
    }

    static readonly byte[] output65 = new byte[65];

    static void Sums(SeededRandom random)
    {
        var bytes = new byte[48];
        foreach (var n in (int[])[1, 2, 4, 16, 63, 64, 96, 128, 256, 512, 1024, 4096])
        {
            var scalars = new Scalar<Secp256k1>[n];
            var points = new Point<Secp256k1>[n];
            for (var i = 0; i < n; i++)
            {
                random.Fill(bytes);
                scalars[i] = Scalar<Secp256k1>.Reduce(bytes);
                points[i] = Point<Secp256k1>.MultiplyBase(scalars[i]);
            }
            Paired.Measure($"sum of {n} products, a term", () => Point<Secp256k1>.SumOfProductsVarTime(scalars, points), n);
        }
        var hundred = new Point<Secp256k1>[100];
        hundred.AsSpan().Fill(Point<Secp256k1>.MultiplyBase(Scalar<Secp256k1>.Reduce(bytes)));
        var encoded = new byte[33 * hundred.Length];
        Paired.Measure("encode many, a point", () => Point<Secp256k1>.EncodeMany(hundred, encoded), hundred.Length);
    }

    static void Single(Scalar<Secp256k1> a, Scalar<Secp256k1> b, Point<Secp256k1> p)
    {
        const int Repeat = 1000;
        var q = p + p;
        Paired.Measure("point addition", () =>
        {
            for (var i = 0; i < Repeat; i++)
                q += p;
        }, Repeat);
        Paired.Measure("point equality", () => q.Equals(p));
        Paired.Measure("point encoding", () => p.Encode(output65));
        Paired.Measure("scalar product", () =>
        {
            var t = a;
            for (var i = 0; i < Repeat; i++)
                t *= b;
            a = t;
        }, Repeat);
        Paired.Measure("scalar sum", () =>
        {
            var t = a;
            for (var i = 0; i < Repeat; i++)
                t += b;
            a = t;
        }, Repeat);
        Paired.Measure("scalar inverse", () => a = a.Invert());
        Paired.Measure("scalar inverse, variable time", () => a = a.InvertVarTime());
        Field(Repeat);
    }

    static void Field(int repeat)
    {
        Secp256k1Field.TryRead(Point<Secp256k1>.G.EncodeXOnly(), out var x);
        var y = x.Square();
        Paired.Measure("field product", () =>
        {
            var t = y;
            for (var i = 0; i < repeat; i++)
                t *= x;
            y = t;
        }, repeat);
        Paired.Measure("field square", () =>
        {
            var t = y;
            for (var i = 0; i < repeat; i++)
                t = t.Square();
            y = t;
        }, repeat);
        Paired.Measure("field inverse", () => y = y.Invert());
        Paired.Measure("field square root", () => y.TrySquareRoot(out _));
        Secp256k1Field.ToLanes(x, y, x, out var lanes);
        Paired.Measure("four field products in lanes", () =>
        {
            var t = lanes;
            for (var i = 0; i < repeat; i++)
                FieldX4.Multiply(ref t, t, t, KoblitzFormulas.Fold);
        }, repeat);
        Koblitz<Secp256k1>.Load(out lanes, Point<Secp256k1>.G);
        Paired.Measure("doubling in lanes", () =>
        {
            var t = lanes;
            for (var i = 0; i < repeat; i++)
                KoblitzFormulas.Double<Secp256k1>(ref t, t);
        }, repeat);
        Paired.Measure("addition in lanes", () =>
        {
            var t = lanes;
            for (var i = 0; i < repeat; i++)
                KoblitzFormulas.Add<Secp256k1>(ref t, t, lanes);
        }, repeat);
        Paired.Measure("look-up in the base table", () =>
        {
            for (var i = 0; i < repeat; i++)
                KoblitzBaseTable<Secp256k1>.LookUp(out lanes, i & 31, 5);
        }, repeat);
    }
}
