using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Threshold.Transfer;

namespace Quorate.Threshold.Dkls23;

/// <summary>
/// g: 448 public random scalars. ⟨g, β⟩ over random bits β is uniform even to one who knows 96 of the bits, because
/// there are 192 more of them than the group order has.
/// </summary>
static class Gadget
{
    static readonly Scalar<Secp256k1>[] Values = [.. Enumerable.Range(0, TransferExtension.Count).Select(Element)];

    internal static ReadOnlySpan<Scalar<Secp256k1>> Vector => Values;

    static Scalar<Secp256k1> Element(int j)
    {
        using var transcript = new Transcript(Tags.Gadget);
        return transcript.Append((ulong)j).Challenge<Secp256k1>();
    }
}
