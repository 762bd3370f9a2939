using System.Runtime.Intrinsics.X86;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Testing;
using Quorate.Testing.Native;

namespace Quorate.Benchmarks;

/// <summary>
/// edwards25519 beside libsodium, then the single operations. libsodium works on encodings: its multiplication of any
/// point decodes it, checks the group by multiplying with its order, multiplies, and encodes. Ours is shown without and
/// with all of that.
/// </summary>
static class Ed25519Benchmarks
{
    internal static void Run(string[] args)
    {
        Paired.Heading("ours ns", "libsodium ns");
        foreach (var comparison in Comparisons())
            Paired.Compare(comparison);
        using var random = new SeededRandom(1, "ed25519");
        var (k, k2) = (Random(random), Random(random));
        var p = Point<Ed25519>.MultiplyBase(k2);
        Paired.Measure("k·P variable time", () => Point<Ed25519>.MultiplyVarTime(k, p));
        Paired.Measure("a·B + b·P variable time", () => Point<Ed25519>.MultiplyAddBaseVarTime(k, k2, p));
        Sums(random);
        Single(p);
    }

    /// <summary>Beside libsodium.</summary>
    internal static IEnumerable<Comparison> Comparisons()
    {
        using var random = new SeededRandom(1, "ed25519");
        var (k, k2) = (Random(random), Random(random));
        var p = Point<Ed25519>.MultiplyBase(k2);
        var (kBytes, encoded) = (k.Encode(), p.Encode());
        var (ours, theirs) = (new byte[32], new byte[32]);

        using var key = Ed25519Key.Generate(random);
        using var seed = key.ExportSeed();
        var (publicKey, secretKey) = (new byte[32], new byte[64]);
        Libsodium.KeyPair(publicKey, secretKey, seed.Expose());
        var message = new byte[100];
        var (signature, theirSignature) = (key.Sign(message), new byte[64]);

        yield return new("k·P constant time", () => p = k * p, () => Libsodium.Multiply(theirs, kBytes, encoded));
        yield return new("k·P constant time, without AVX2",
            () => p = Ed25519Multiplication<EdwardsPoint, CachedPoint>.Multiply(k, p), () => Libsodium.Multiply(theirs, kBytes, encoded));
        yield return new("decode, k·P constant time, encode",
            () => (k * Point<Ed25519>.Decode(encoded)).Encode(ours), () => Libsodium.Multiply(theirs, kBytes, encoded), Overview: "any point, constant time");
        yield return new("k·B constant time, encode",
            () => Point<Ed25519>.MultiplyBase(k).Encode(ours), () => Libsodium.MultiplyBase(theirs, kBytes), Overview: "base point, constant time");
        yield return new("decode with group check",
            () => Point<Ed25519>.TryDecode(encoded, out _), () => Libsodium.IsValidPoint(encoded));
        yield return new("P + Q from and to bytes",
            () => (Point<Ed25519>.Decode(encoded) + Point<Ed25519>.G).Encode(ours), () => Libsodium.Add(theirs, encoded, encoded));
        yield return new("sign 100 bytes and verify | sign", () => key.Sign(message), () => Libsodium.Sign(theirSignature, message, secretKey));
        yield return new("verify 100 bytes",
            () => Ed25519Signature.Verify(publicKey, message, signature), () => Libsodium.Verify(signature, message, publicKey), Overview: "verification");
        yield return new("verify 100 bytes, decoded key",
            () => Ed25519Signature.Verify(key.PublicKey, message, signature), () => Libsodium.Verify(signature, message, publicKey));
        foreach (var n in (int[])[2, 16, 128])
            yield return Batch(n, publicKey, message, signature);
    }

    static Scalar<Ed25519> Random(SeededRandom random)
    {
        var bytes = new byte[48];
        random.Fill(bytes);
        return Scalar<Ed25519>.Reduce(bytes);
    }

    static Comparison Batch(int n, byte[] publicKey, byte[] message, byte[] signature)
    {
        var keys = Enumerable.Repeat(Point<Ed25519>.Decode(publicKey), n).ToArray();
        var messages = Enumerable.Repeat<ReadOnlyMemory<byte>>(message, n).ToArray();
        var signatures = Enumerable.Repeat<ReadOnlyMemory<byte>>(signature, n).ToArray();
        return new($"verify a batch of {n}, each",
            () => Ed25519Batch.Verify(keys, messages, signatures, SystemRandom.Shared),
            () =>
            {
                for (var i = 0; i < n; i++)
                    Libsodium.Verify(signature, message, publicKey);
            }, n);
    }

    static void Sums(SeededRandom random)
    {
        foreach (var n in (int[])[2, 16, 128, 256, 1024])
        {
            var (scalars, points) = (new Scalar<Ed25519>[n], new Point<Ed25519>[n]);
            for (var i = 0; i < n; i++)
            {
                scalars[i] = Random(random);
                points[i] = Point<Ed25519>.MultiplyBase(scalars[i]);
            }
            Paired.Measure($"sum of {n} products, a term", () => Point<Ed25519>.SumOfProductsVarTime(scalars, points), n);
        }
    }

    static void Single(Point<Ed25519> p)
    {
        const int Repeat = 1000;
        var q = p + p;
        Paired.Measure("point addition", () => Repeated(() => q += p), Repeat);
        var hundred = Enumerable.Repeat(q, 100).ToArray();
        var encoded = new byte[32 * hundred.Length];
        Paired.Measure("point encoding", () => q.Encode(encoded));
        Paired.Measure("encode many, a point", () => Ed25519.EncodeMany(hundred, encoded), hundred.Length);

        EdwardsPoint.Load(out var point, p);
        Paired.Measure("doubling in a run", () => EdwardsPoint.Double(ref point, Repeat), Repeat);
        if (Avx2.IsSupported)
            Lanes(p);
        var (x, y) = (point.X, point.Y);
        Paired.Measure("field product", () => Repeated(() => Field25519.Multiply(out x, x, y)), Repeat);
        Paired.Measure("field square", () => Repeated(() => Field25519.Square(out x, x)), Repeat);
        Paired.Measure("field inverse", () => x = Field25519.Invert(x));
        Paired.Measure("field inverse variable time", () => x = Field25519.InvertVarTime(x));

        static void Lanes(Point<Ed25519> p)
        {
            EdwardsLanes.Load(out var lanes, p);
            Paired.Measure("doubling in lanes in a run", () => EdwardsLanes.Double(ref lanes, Repeat), Repeat);
            Paired.Measure("four products in lanes", () => Repeated(() => Field25519Lanes.Multiply(ref lanes.C, lanes.C, lanes.C)), Repeat);
        }

        static void Repeated(Action action)
        {
            for (var i = 0; i < Repeat; i++)
                action();
        }
    }
}
