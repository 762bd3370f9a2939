using Quorate.Cryptography.Curves;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Frost;

/// <summary>The algorithms of RFC 9591, sections 4 and 5, named as there. Everything here is public.</summary>
static class Rfc9591<C> where C : struct, ICurve<C>
{
    /// <summary>
    /// encode_group_commitment_list, section 4.3: identifier ‖ hiding ‖ binding for every signer in ascending order.
    /// </summary>
    internal static byte[] EncodeGroupCommitmentList(PartySet quorum, ReadOnlySpan<SigningCommitments<C>> commitments)
    {
        var points = new Point<C>[2 * quorum.Count];
        for (var i = 0; i < quorum.Count; i++)
            (points[2 * i], points[2 * i + 1]) = (commitments[i].Hiding, commitments[i].Binding);
        var encodedPoints = new byte[points.Length * C.PointSize];
        C.EncodeMany(points, encodedPoints);

        var pair = 2 * C.PointSize;
        var entry = Scalar<C>.Size + pair;
        var encoded = new byte[quorum.Count * entry];
        for (var i = 0; i < quorum.Count; i++)
        {
            quorum[i].ToScalar<C>().Encode(encoded.AsSpan(i * entry));
            encodedPoints.AsSpan(i * pair, pair).CopyTo(encoded.AsSpan(i * entry + Scalar<C>.Size));
        }
        return encoded;
    }

    /// <summary>compute_binding_factors, section 4.4: ρᵢ for every signer in order.</summary>
    internal static Scalar<C>[] ComputeBindingFactors(
        FrostSuite<C> suite, in Point<C> groupKey, PartySet quorum, ReadOnlySpan<SigningCommitments<C>> commitments, ReadOnlySpan<byte> message)
    {
        // rho_input = group_public_key ‖ H4(msg) ‖ H5(commitment list) ‖ identifier
        Span<byte> input = stackalloc byte[C.PointSize + 2 * suite.HashSize + Scalar<C>.Size];
        groupKey.Encode(input);
        suite.H4(message, input.Slice(C.PointSize, suite.HashSize));
        suite.H5(EncodeGroupCommitmentList(quorum, commitments), input.Slice(C.PointSize + suite.HashSize, suite.HashSize));

        var factors = new Scalar<C>[quorum.Count];
        for (var i = 0; i < factors.Length; i++)
        {
            quorum[i].ToScalar<C>().Encode(input[^Scalar<C>.Size..]);
            factors[i] = suite.H1(input);
        }
        return factors;
    }

    /// <summary>compute_group_commitment, section 4.5: R = Σ Dᵢ + ρᵢ·Eᵢ.</summary>
    internal static Point<C> ComputeGroupCommitment(ReadOnlySpan<SigningCommitments<C>> commitments, ReadOnlySpan<Scalar<C>> bindingFactors)
    {
        var hiding = Point<C>.Identity;
        var binding = new Point<C>[commitments.Length];
        for (var i = 0; i < commitments.Length; i++)
        {
            hiding += commitments[i].Hiding;
            binding[i] = commitments[i].Binding;
        }
        return hiding + Point<C>.SumOfProductsVarTime(bindingFactors, binding);
    }

    /// <summary>compute_challenge, section 4.6: H2(R ‖ Y ‖ msg).</summary>
    internal static Scalar<C> ComputeChallenge(FrostSuite<C> suite, in Point<C> groupCommitment, in Point<C> groupKey, ReadOnlySpan<byte> message)
    {
        var input = new byte[2 * C.PointSize + message.Length];
        groupCommitment.Encode(input);
        groupKey.Encode(input.AsSpan(C.PointSize));
        message.CopyTo(input.AsSpan(2 * C.PointSize));
        return suite.H2(input);
    }

    /// <summary>verify_signature_share, section 5.4: zᵢ·G = Dᵢ + ρᵢ·Eᵢ + (c·λᵢ)·Yᵢ.</summary>
    internal static bool VerifySignatureShare(
        in Scalar<C> z, in SigningCommitments<C> commitments, in Scalar<C> bindingFactor,
        in Scalar<C> challenge, in Scalar<C> lambda, in Point<C> verifyingShare) =>
        Point<C>.MultiplyAddBaseVarTime(z, -(challenge * lambda), verifyingShare)
            == commitments.Hiding + Point<C>.MultiplyVarTime(bindingFactor, commitments.Binding);
}
