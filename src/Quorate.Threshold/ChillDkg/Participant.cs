using System.Diagnostics;
using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using Point = Quorate.Cryptography.Curves.Point<Quorate.Cryptography.Curves.Secp256k1>;
using Scalar = Quorate.Cryptography.Curves.Scalar<Quorate.Cryptography.Curves.Secp256k1>;

namespace Quorate.Threshold.ChillDkg;

/// <summary>
/// A participant's side of ChillDKG, step by step as the reference implementation has it. The script that orders the
/// steps is <see cref="ChillDkgParticipant"/>; docs/spec/chilldkg.md has the revision.
/// </summary>
/// <remarks>Participants are counted from 0 here, as in ChillDKG; participant i is party i + 1.</remarks>
sealed class Participant : IDisposable
{
    readonly HostKey hostKey;
    readonly SessionParameters parameters;
    readonly PartyId coordinator;
    readonly int me;
    Secret<Scalar>? share;
    DkgTranscript? transcript;

    /// <summary>participant_step1, with 32 fresh random bytes.</summary>
    /// <exception cref="ArgumentException">The host key belongs to none of the participants.</exception>
    /// <exception cref="CryptographicException">The randomness is all zero.</exception>
    internal Participant(HostKey hostKey, SessionParameters parameters, PartyId coordinator, IRandom random)
    {
        me = parameters.PartyOf(hostKey).Value - 1;
        (this.hostKey, this.parameters, this.coordinator) = (hostKey, parameters, coordinator);

        // Everything secret follows from one seed, so that a repeated seed repeats the shares with the pads over them.
        using var seed = Seed(random);
        Span<byte> auxiliary = stackalloc byte[TaggedHash.Size];
        TaggedHash.HashData(Tags.ChillDkgProofAux, auxiliary, seed.Expose());
        using var nonce = EncryptionNonce(seed);

        using var f = SimplPedPop.Generate(seed.Expose(), parameters.Threshold);
        using var secret = f.Constant;
        var publicNonce = nonce.MultiplyBase().Encode();
        var shares = parameters.Participants.Select(f.At).ToArray();
        Message1 = new(
            f.Commit(), SimplPedPop.ProvePossession(secret, me, auxiliary), publicNonce,
            MultiRecipientEncryption.Encrypt(nonce, publicNonce, hostKey, parameters, me, shares));
        foreach (var s in shares)
            s.Dispose();
    }

    /// <summary>pmsg1.</summary>
    internal ParticipantMessage1 Message1 { get; }

    /// <summary>
    /// Whether the share did not fit in <see cref="Step2"/>. Some participant or the coordinator is at fault; only the
    /// coordinator's investigation message can tell more.
    /// </summary>
    internal bool NeedsInvestigation { get; private set; }

    /// <summary>
    /// participant_step2 up to its signature: everybody that cmsg1 gives reason to accuse, and nobody where only an
    /// investigation can tell.
    /// </summary>
    internal Accusation[] Step2(CoordinatorMessage1 message)
    {
        // What this participant sent must have come back.
        if (!message.PublicNonces[me].AsSpan().SequenceEqual(Message1.PublicNonce)
            || message.CommitmentsToSecrets[me] != Message1.Commitment.Constant)
            return [new(Fault.DishonestCoordinator, coordinator)];

        // What the others sent must be sound, as far as it has come unchanged.
        var unsound = Enumerable.Range(0, parameters.Count).Where(i => i != me && !(
            Point.TryDecode(message.PublicNonces[i], out _)
            && SimplPedPop.VerifyPossession(message.Proofs[i], message.CommitmentsToSecrets[i], i))).ToArray();
        if (unsound.Length > 0)
            return Suspect(unsound);

        // secshare + tweak must be the logarithm of this participant's public share.
        transcript = new(
            parameters, SimplPedPop.Sum(message.CommitmentsToSecrets, message.SumOfOthers), message.PublicNonces, message.EncryptedShares);
        if (!MultiRecipientEncryption.TryDecryptSum(
                message.EncryptedShares[me], message.PublicNonces, hostKey, parameters, me, out share, out _))
            throw new UnreachableException("The public nonces have been decoded before.");
        NeedsInvestigation = Point.MultiplyBase(share.Expose() + transcript.Tweak) != transcript.PublicShare(me);
        // Deviation: a share of zero is its holder's doing.
        return NeedsInvestigation ? [] : Suspect(transcript.ZeroShares);
    }

    /// <summary>
    /// The rest of participant_step2: pmsg2, the signature on the transcript. From here on the session may succeed
    /// elsewhere, whatever happens here.
    /// </summary>
    internal byte[] Sign(IRandom random) => CertEq.Sign(hostKey, Tags.ChillDkgCertificate, me, Sound.Encoded, random);

    /// <summary>participant_investigate: whom the single contributions accuse.</summary>
    internal Accusation[] Investigate(InvestigationMessage message)
    {
        if (!NeedsInvestigation || share is null || transcript is null)
            throw new InvalidOperationException("There is nothing to investigate.");

        // The parts must add up to what the coordinator sent first: the public shares here are without the tweak.
        var publicShare = transcript.PublicShare(me) - Point.MultiplyVarTime(transcript.Tweak, Point.G);
        if (Point.Sum(message.PublicShares) != publicShare
            || message.EncryptedShares.Aggregate((sum, s) => sum + s) != transcript.EncryptedShares[me])
            return [new(Fault.DishonestCoordinator, coordinator)];

        var wrong = Enumerable.Range(0, parameters.Count).Where(i =>
        {
            using var pad = MultiRecipientEncryption.PadFrom(i, transcript.PublicNonces[i], hostKey, parameters, me)!;
            return Point.MultiplyBase(message.EncryptedShares[i] - pad.Expose()) != message.PublicShares[i];
        }).ToArray();
        // Deviation: all are named, where the reference raises at the first.
        return wrong switch
        {
            [] => throw new UnreachableException("The parts fit, but their sum does not."),
            // This participant's own part was right when it left.
            _ when wrong.Contains(me) => [new(Fault.DishonestCoordinator, coordinator)],
            _ => Suspect(wrong),
        };
    }

    /// <summary>participant_finalize: nobody, if the certificate is complete.</summary>
    internal Accusation[] Verify(byte[] certificate) =>
        CertEq.InvalidSignatures(parameters, Sound.Encoded, certificate).Any()
            ? [new(Fault.DishonestCoordinator, coordinator)]
            : [];

    /// <summary>The rest of participant_finalize: the share, which belongs to the caller, and the recovery data.</summary>
    internal ChillDkgOutput Output(byte[] certificate)
    {
        var recovery = new RecoveryData(Sound, certificate);
        return new(
            KeyShare<Secp256k1>.FromTrusted(parameters.Participants[me], new(share!.Expose() + Sound.Tweak), recovery.Package), recovery);
    }

    /// <summary>Wipes the share. The host key stays its owner's.</summary>
    public void Dispose() => share?.Dispose();

    DkgTranscript Sound => transcript is not null && !NeedsInvestigation
        ? transcript
        : throw new InvalidOperationException("Step 2 has not ended well.");

    /// <summary>Any of these participants, or the coordinator that passed their contributions on.</summary>
    Accusation[] Suspect(IEnumerable<int> participants)
    {
        Accusation[] found = [.. participants.Select(i => new Accusation(Fault.SuspectContribution, parameters.Participants[i]))];
        return found.Length == 0 ? found : [.. found, new(Fault.SuspectContribution, coordinator)];
    }

    /// <summary>simpl_seed = hash(host secret key ‖ random ‖ context).</summary>
    SecretBytes Seed(IRandom random)
    {
        Span<byte> input = stackalloc byte[HostKey.Size + 32];
        random.Fill(input[HostKey.Size..]);
        if (!input[HostKey.Size..].ContainsAnyExcept((byte)0))
            throw new CryptographicException("The source of randomness gives zeros only.");
        hostKey.Secret.Expose().Encode(input);
        var seed = new SecretBytes(TaggedHash.Size);
        TaggedHash.HashData(Tags.ChillDkgSeed, seed.Expose(), input, parameters.Encoded);
        CryptographicOperations.ZeroMemory(input);
        return seed;
    }

    static Secret<Scalar> EncryptionNonce(SecretBytes seed)
    {
        Span<byte> hash = stackalloc byte[TaggedHash.Size];
        TaggedHash.HashData(Tags.ChillDkgSecretNonce, hash, seed.Expose());
        if (!Scalar.TryDecode(hash, out var nonce) || nonce.IsZero)
            throw new UnreachableException("A hash is not below the group order.");
        CryptographicOperations.ZeroMemory(hash);
        return new(nonce);
    }
}
