using System.Security.Cryptography;
using System.Text;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Frost;

/// <summary>A ciphersuite of RFC 9591, section 6: a curve, a context string and five hash functions.</summary>
public abstract class FrostSuite<C>(KeyScheme scheme, string contextString) where C : struct, ICurve<C>
{
    /// <summary>The scheme whose keys this suite signs with.</summary>
    public KeyScheme Scheme { get; } = scheme;

    /// <summary>The RFC's contextString.</summary>
    public string ContextString { get; } = contextString;

    /// <summary>Length in bytes of <see cref="H4"/> and <see cref="H5"/>.</summary>
    public abstract int HashSize { get; }

    /// <summary>H1: binding factors.</summary>
    public abstract Scalar<C> H1(ReadOnlySpan<byte> m);

    /// <summary>H2: the challenge.</summary>
    public abstract Scalar<C> H2(ReadOnlySpan<byte> m);

    /// <summary>H3: nonces. The input is secret and so is the output.</summary>
    public abstract Scalar<C> H3(ReadOnlySpan<byte> m);

    /// <summary>H4: the message.</summary>
    public abstract void H4(ReadOnlySpan<byte> m, Span<byte> destination);

    /// <summary>H5: the list of commitments.</summary>
    public abstract void H5(ReadOnlySpan<byte> m, Span<byte> destination);

    /// <summary>HDKG: the challenge of a proof of possession. Not in the RFC; as ZF FROST defines it, whose vectors we pass.</summary>
    public abstract Scalar<C> HDkg(ReadOnlySpan<byte> m);

    /// <summary>contextString ‖ label.</summary>
    protected byte[] Domain(string label) => Encoding.ASCII.GetBytes(ContextString + label);
}

/// <summary>The two suites we ship.</summary>
public static class FrostSuite
{
    /// <summary>FROST(Ed25519, SHA-512): RFC 9591, section 6.1.</summary>
    public static FrostSuite<Ed25519> Ed25519 { get; } = new Ed25519Sha512();

    /// <summary>FROST(secp256k1, SHA-256): RFC 9591, section 6.5.</summary>
    public static FrostSuite<Secp256k1> Secp256k1 { get; } = new Secp256k1Sha256();

    sealed class Ed25519Sha512 : FrostSuite<Ed25519>
    {
        readonly byte[] rho, nonce, msg, com, dkg;

        internal Ed25519Sha512() : base(KeyScheme.FrostEd25519, "FROST-ED25519-SHA512-v1") =>
            (rho, nonce, msg, com, dkg) = (Domain("rho"), Domain("nonce"), Domain("msg"), Domain("com"), Domain("dkg"));

        public override int HashSize => SHA512.HashSizeInBytes;

        public override Scalar<Ed25519> H1(ReadOnlySpan<byte> m) => ToScalar(rho, m);

        /// <summary>Without a domain, so that the signature is one of RFC 8032.</summary>
        public override Scalar<Ed25519> H2(ReadOnlySpan<byte> m) => ToScalar(default, m);

        public override Scalar<Ed25519> H3(ReadOnlySpan<byte> m) => ToScalar(nonce, m);

        public override void H4(ReadOnlySpan<byte> m, Span<byte> destination) => Hash(msg, m, destination);

        public override void H5(ReadOnlySpan<byte> m, Span<byte> destination) => Hash(com, m, destination);

        public override Scalar<Ed25519> HDkg(ReadOnlySpan<byte> m) => ToScalar(dkg, m);

        static Scalar<Ed25519> ToScalar(ReadOnlySpan<byte> domain, ReadOnlySpan<byte> m)
        {
            Span<byte> digest = stackalloc byte[SHA512.HashSizeInBytes];
            Hash(domain, m, digest);
            var scalar = Scalar<Ed25519>.Reduce(digest);
            CryptographicOperations.ZeroMemory(digest);
            return scalar;
        }

        static void Hash(ReadOnlySpan<byte> domain, ReadOnlySpan<byte> m, Span<byte> destination)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
            hash.AppendData(domain);
            hash.AppendData(m);
            hash.GetHashAndReset(destination);
        }
    }

    sealed class Secp256k1Sha256 : FrostSuite<Secp256k1>
    {
        readonly byte[] rho, chal, nonce, msg, com, dkg;

        internal Secp256k1Sha256() : base(KeyScheme.FrostSecp256k1, "FROST-secp256k1-SHA256-v1") =>
            (rho, chal, nonce, msg, com, dkg) =
                (Domain("rho"), Domain("chal"), Domain("nonce"), Domain("msg"), Domain("com"), Domain("dkg"));

        public override int HashSize => SHA256.HashSizeInBytes;

        public override Scalar<Secp256k1> H1(ReadOnlySpan<byte> m) => HashToField(rho, m);

        public override Scalar<Secp256k1> H2(ReadOnlySpan<byte> m) => HashToField(chal, m);

        public override Scalar<Secp256k1> H3(ReadOnlySpan<byte> m) => HashToField(nonce, m);

        public override void H4(ReadOnlySpan<byte> m, Span<byte> destination) => Hash(msg, m, destination);

        public override void H5(ReadOnlySpan<byte> m, Span<byte> destination) => Hash(com, m, destination);

        public override Scalar<Secp256k1> HDkg(ReadOnlySpan<byte> m) => HashToField(dkg, m);

        static void Hash(ReadOnlySpan<byte> domain, ReadOnlySpan<byte> m, Span<byte> destination)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(domain);
            hash.AppendData(m);
            hash.GetHashAndReset(destination);
        }

        /// <summary>hash_to_field with expand_message_xmd over SHA-256 and L = 48: RFC 9380, sections 5.2 and 5.3.1.</summary>
        static Scalar<Secp256k1> HashToField(ReadOnlySpan<byte> domain, ReadOnlySpan<byte> m)
        {
            Span<byte> uniform = stackalloc byte[48];
            ExpandMessage.Xmd(domain, m, uniform);
            var scalar = Scalar<Secp256k1>.Reduce(uniform);
            CryptographicOperations.ZeroMemory(uniform);
            return scalar;
        }
    }
}
