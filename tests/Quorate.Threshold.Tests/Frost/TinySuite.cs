using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Tests.Frost;

/// <summary>FROST over a group of 199 elements, where every value that must not be met is met soon.</summary>
sealed class TinySuite() : FrostSuite<TinyCurve>(KeyScheme.FrostSecp256k1, "FROST-tiny199-SHA512-test")
{
    internal static TinySuite Instance { get; } = new();

    public override int HashSize => SHA512.HashSizeInBytes;

    public override Scalar<TinyCurve> H1(ReadOnlySpan<byte> m) => Reduce("rho", m);

    public override Scalar<TinyCurve> H2(ReadOnlySpan<byte> m) => Reduce("chal", m);

    public override Scalar<TinyCurve> H3(ReadOnlySpan<byte> m) => Reduce("nonce", m);

    public override void H4(ReadOnlySpan<byte> m, Span<byte> destination) => Hash("msg", m).CopyTo(destination);

    public override void H5(ReadOnlySpan<byte> m, Span<byte> destination) => Hash("com", m).CopyTo(destination);

    public override Scalar<TinyCurve> HDkg(ReadOnlySpan<byte> m) => Reduce("dkg", m);

    byte[] Hash(string label, ReadOnlySpan<byte> m) => SHA512.HashData([.. Domain(label), .. m]);

    Scalar<TinyCurve> Reduce(string label, ReadOnlySpan<byte> m) => Scalar<TinyCurve>.Reduce(Hash(label, m));
}
