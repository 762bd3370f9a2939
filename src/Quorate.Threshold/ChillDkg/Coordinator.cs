using Quorate.Threshold.Sessions;
using Point = Quorate.Cryptography.Curves.Point<Quorate.Cryptography.Curves.Secp256k1>;
using Scalar = Quorate.Cryptography.Curves.Scalar<Quorate.Cryptography.Curves.Secp256k1>;

namespace Quorate.Threshold.ChillDkg;

/// <summary>
/// The coordinator's side of ChillDKG, step by step as the reference implementation has it. It learns no secret, and can
/// make the session fail but not make it unsafe. The script that orders the steps is <see cref="ChillDkgCoordinator"/>.
/// </summary>
/// <param name="parameters">The session's.</param>
/// <param name="contributions">pmsg1 of every participant, in order.</param>
sealed class Coordinator(SessionParameters parameters, IReadOnlyList<ParticipantMessage1> contributions)
{
    DkgTranscript? transcript;
    byte[]? certificate;

    /// <summary>
    /// Whose contribution is unsound. Deviation: the reference implementation leaves proofs and nonces to the participants; here the
    /// one party that has them at first hand checks them first, and its accusation is no mere suspicion.
    /// </summary>
    internal Accusation[] Check() =>
    [
        .. Accuse(Fault.MalformedMessage, i => !Point.TryDecode(contributions[i].PublicNonce, out _)),
        .. Accuse(Fault.InvalidCommitment, i => contributions[i].Commitment.Constant.IsIdentity),
        .. Accuse(Fault.InvalidProof, i =>
            !contributions[i].Commitment.Constant.IsIdentity
            && !SimplPedPop.VerifyPossession(contributions[i].Proof, contributions[i].Commitment.Constant, i)),
    ];

    /// <summary>
    /// coordinator_step1: cmsg1. Deviation: whoever would have a share of zero is named, since it alone can bring that about.
    /// </summary>
    internal CoordinatorMessage1 Step1(out Accusation[] accusations)
    {
        var n = parameters.Count;
        Point[] secrets = [.. contributions.Select(c => c.Commitment.Constant)];
        var others = new Point[parameters.Threshold - 1];
        var shares = new Scalar[n];
        foreach (var contribution in contributions)
        {
            for (var k = 0; k < others.Length; k++)
                others[k] += contribution.Commitment.Coefficients[k + 1];
            for (var i = 0; i < n; i++)
                shares[i] += contribution.EncryptedShares[i];
        }
        byte[][] nonces = [.. contributions.Select(c => c.PublicNonce)];
        transcript = new(parameters, SimplPedPop.Sum(secrets, others), nonces, shares);
        accusations = [.. transcript.ZeroShares.Select(i => new Accusation(Fault.InvalidCommitment, parameters.Participants[i]))];
        return new(secrets, others, [.. contributions.Select(c => c.Proof)], nonces, shares);
    }

    /// <summary>coordinator_finalize: whose signature on the transcript is invalid; else cmsg2 is there.</summary>
    internal Accusation[] Finalize(IReadOnlyList<byte[]> signatures)
    {
        certificate = [.. signatures.SelectMany(s => s)];
        var invalid = CertEq.InvalidSignatures(parameters, transcript!.Encoded, certificate).ToHashSet();
        return Accuse(Fault.InvalidSignature, invalid.Contains);
    }

    /// <summary>cmsg2, the success certificate: 64 bytes for every participant.</summary>
    internal byte[] Certificate => certificate!;

    /// <summary>What a participant needs to recover its share.</summary>
    internal RecoveryData Recovery => new(transcript!, Certificate);

    /// <summary>coordinator_investigate: cinv for participant <paramref name="i"/>.</summary>
    internal InvestigationMessage Investigate(int i) => new(
        [.. contributions.Select(c => c.EncryptedShares[i])],
        [.. contributions.Select(c => c.Commitment.AtVarTime(parameters.Participants[i]))]);

    Accusation[] Accuse(Fault fault, Func<int, bool> isGuilty) =>
        [.. Enumerable.Range(0, parameters.Count).Where(isGuilty).Select(i => new Accusation(fault, parameters.Participants[i]))];
}
