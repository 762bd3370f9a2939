using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Testing;
using Quorate.Testing.Native;

namespace Quorate.Benchmarks;

/// <summary>Signatures beside libsecp256k1, batches, hashes and key derivation.</summary>
static class SignatureBenchmarks
{
    internal static void Run(string[] args)
    {
        Paired.Heading("ours ns", "libsecp ns");
        foreach (var comparison in Comparisons())
            Paired.Compare(comparison);
        Batches();
        Hashes();
        Derivation();
    }

    /// <summary>Beside libsecp256k1.</summary>
    internal static IEnumerable<Comparison> Comparisons() => Ecdsa().Concat(Bip340());

    static IEnumerable<Comparison> Ecdsa()
    {
        using var key = EcdsaKey.Generate(new SeededRandom(1, "ecdsa"));
        var publicKey = key.PublicKey;
        var encodedKey = publicKey.Encode();
        var digest = SHA256.HashData("benchmark"u8);
        var signed = key.Sign(digest);
        var signature = signed.Signature;
        var compact = signature.EncodeCompact();
        byte[] peerKey = new byte[64], peerSignature = new byte[64], recovered = new byte[33];
        Require(Libsecp256k1.PubkeyParse(peerKey, encodedKey) && Libsecp256k1.EcdsaParseCompact(peerSignature, compact));

        yield return new("ECDSA verify, parsed",
            () => Require(signature.Verify(publicKey, digest)),
            () => Require(Libsecp256k1.EcdsaVerify(peerSignature, digest, peerKey)), Overview: "ECDSA verification");
        yield return new("ECDSA verify, from bytes",
            () => Require(Point<Secp256k1>.TryDecode(encodedKey, out var decodedKey)
                && EcdsaSignature.TryDecodeCompact(compact, out var decoded) && decoded.Verify(decodedKey, digest)),
            () => Require(Libsecp256k1.EcdsaVerifyEncoded(compact, digest, encodedKey)));
        yield return new("ECDSA recover, to bytes",
            () =>
            {
                Require(signed.TryRecover(digest, out var point));
                point.Encode(recovered);
            },
            () => Require(Libsecp256k1.EcdsaRecover(recovered, digest, compact, signed.RecoveryId)), Overview: "ECDSA key recovery");
        // Ours verifies what it signed; the library does not.
        var secret = SHA256.HashData("secret"u8);
        yield return new("ECDSA sign",
            () => key.Sign(digest), () => Libsecp256k1.EcdsaSign(compact, digest, secret));
    }

    static IEnumerable<Comparison> Bip340()
    {
        using var key = Bip340Key.Generate(new SeededRandom(1, "bip340"));
        var publicKey = key.PublicKey;
        var encodedKey = publicKey.Encode();
        var message = SHA256.HashData("benchmark"u8);
        var signature = key.Sign(message, SystemRandom.Shared);
        var encoded = signature.Encode();
        var peerKey = new byte[64];
        Require(Libsecp256k1.XOnlyPubkeyParse(peerKey, encodedKey));

        yield return new("BIP 340 verify, parsed",
            () => Require(signature.Verify(publicKey, message)),
            () => Require(Libsecp256k1.SchnorrVerify(encoded, message, peerKey)), Overview: "BIP 340 verification");
        yield return new("BIP 340 verify, from bytes",
            () => Require(Bip340PublicKey.TryDecode(encodedKey, out var decodedKey)
                && Bip340Signature.TryDecode(encoded, out var decoded) && decoded.Verify(decodedKey, message)),
            () => Require(Libsecp256k1.SchnorrVerifyEncoded(encoded, message, encodedKey)));
        var secret = SHA256.HashData("secret"u8);
        var auxiliary = new byte[32];
        yield return new("BIP 340 sign",
            () => key.Sign(message, SystemRandom.Shared),
            () => Libsecp256k1.SchnorrSign(encoded, message, secret, auxiliary));
    }

    static void Batches()
    {
        foreach (var count in (int[])[2, 4, 16, 64, 256, 1024])
        {
            var random = new SeededRandom((ulong)count, "batch");
            var keys = new Bip340PublicKey[count];
            var messages = new ReadOnlyMemory<byte>[count];
            var signatures = new Bip340Signature[count];
            for (var i = 0; i < count; i++)
            {
                using var key = Bip340Key.Generate(random);
                messages[i] = SHA256.HashData([(byte)i]);
                (keys[i], signatures[i]) = (key.PublicKey, key.Sign(messages[i].Span, random));
            }
            Paired.Measure(
                $"BIP 340 batch of {count}, a signature",
                () => Require(Bip340Batch.Verify(keys, messages, signatures, SystemRandom.Shared)), count);
        }
    }

    static void Hashes()
    {
        const int Length = 100 * Keccak256.Rate;
        var source = new byte[Length];
        var digest = new byte[64];
        Paired.Measure("Keccak-256 of 32 bytes", () => Keccak256.HashData(source.AsSpan(0, 32), digest));
        Paired.Measure("Keccak-256, a byte", () => Keccak256.HashData(source, digest), Length);
        if (SHA3_256.IsSupported)
            Paired.Measure("  OpenSSL's SHA3-256, a byte", () => SHA3_256.HashData(source, digest), Length);
        Paired.Measure("RIPEMD-160 of 32 bytes", () => Ripemd160.HashData(source.AsSpan(0, 32), digest));
        Paired.Measure("tagged hash of 96 bytes",
            () => TaggedHash.HashData(Tags.Bip340Challenge, digest, source.AsSpan(0, 96)));
    }

    static void Derivation()
    {
        using var key = EcdsaKey.Generate(new SeededRandom(1, "derivation"));
        var parent = key.PublicKey;
        var chainCode = new byte[32];
        var path = Bip32Path.Parse("m/0/5");
        Paired.Measure("BIP 32 public derivation, two steps", () => Bip32.DerivePublic(parent, chainCode, path));
        var internalKey = Bip340PublicKey.FromPoint(parent);
        Paired.Measure("BIP 341 output key", () => Bip341.TweakPublicKey(internalKey, []));
    }

    static void Require(bool condition)
    {
        if (!condition)
            throw new InvalidOperationException("Something measured did not work.");
    }
}
