using System.Security.Cryptography;
using Quorate.Chains;
using Quorate.Chains.Ethereum;
using Quorate.Node.Gate;
using Quorate.Policies;
using Quorate.Testing;

namespace Quorate.Node.Tests.Gate;

/// <summary>
/// A server that has seen everything the members ever signed and puts it together in any other way, with bytes, fields and
/// approvals changed, moved, doubled and forged.
/// </summary>
sealed class HostileServer
{
    /// <summary>What members have really signed: the first two are good, the others are not.</summary>
    readonly List<SigningRequest> honest = [];

    readonly Deployment acme;
    readonly DateTimeOffset expiresAt;

    internal HostileServer(Deployment acme, DateTimeOffset expiresAt)
    {
        (this.acme, this.expiresAt) = (acme, expiresAt);
        Sign(Deployment.Payment(Deployment.Ether / 2), "a", "alice");
        Sign(Deployment.Payment(Deployment.Ether * 2), "b", "alice", "bob");
        Sign(Deployment.Payment(Deployment.Ether * 2, nonce: 1), "c", "alice");
        Sign(Deployment.Payment(Deployment.Ether * 2, nonce: 2), "d", "bob", "carol");
        Sign(Deployment.Payment(Deployment.Ether / 2, Deployment.Stranger), "e", "alice", "bob", "carol");
        Sign(Deployment.Payment(Deployment.Ether * 9), "f", "alice", "bob", "carol");
        Sign(Deployment.Payment(Amount.Zero, data: [1, 2, 3, 4]), "g", "alice", "bob", "carol");
    }

    void Sign(byte[] payment, string request, params string[] signers) =>
        honest.Add(acme.Request(payment, acme.IntentOf(payment, request, expiresAt: expiresAt), signers));

    // What alice has signed herself, for the supplier, at most five ether, and above one with a treasurer: requests a and b.
    internal bool MayBePermitted(SigningRequest request) => honest.Take(2).Any(h =>
        h.Intent.Hash == request.Approved.Intent.Hash && h.Payload.Bytes.Span.SequenceEqual(request.Approved.Payload.Bytes.Span)
        && (request.Original is null || (request.Intent.IsReplacementOf(h.Intent) && IsSameAtAnotherFee(h, request))));

    static bool IsSameAtAnotherFee(SigningRequest approved, SigningRequest request)
    {
        try
        {
            var replacement = EthereumTransactionCodec.Decode(request.Payload.Bytes).Transaction;
            return replacement.MaxFee <= approved.Intent.MaxFee!.Amount && replacement.IsSameButForFees(EthereumTransactionCodec.Decode(approved.Payload.Bytes).Transaction);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    internal IReadOnlyList<SigningRequest> Honest => honest;

    /// <summary>Something that nobody has meant.</summary>
    internal SigningRequest Next(SeededRandom random)
    {
        T Pick<T>(IReadOnlyList<T> list) => list[random.Below(list.Count)];
        var (intent, payload, approvals, original) = Pick(honest);
        for (var changes = 1 + random.Below(3); changes > 0; changes--)
        {
            switch (random.Below(10))
            {
                case 0:
                    payload = Pick(honest).Payload;
                    break;
                case 1:
                    var bytes = payload.Bytes.ToArray();
                    bytes[random.Below(bytes.Length)] ^= (byte)(1 << random.Below(8));
                    payload = payload with { Bytes = bytes };
                    break;
                case 2:
                    payload = payload with { Kind = Pick(Enum.GetValues<PayloadKind>()) };
                    break;
                case 3:
                    approvals = [.. approvals, .. Pick(honest).Approvals];
                    break;
                case 4:
                    approvals = [.. approvals.Where(_ => random.Below(2) == 0)];
                    break;
                case 5:
                    var forger = Pick((string[])["mallory", "bob", "carol"]);
                    var forged = (Approval.Signature)acme.Approve(intent.Hash, forger);
                    // Members sign nothing they do not mean; what mallory signs counts in nobody's name.
                    if (forger == "mallory")
                        approvals = approvals.Add(new Approval.Signature(Pick((string[])["alice", "bob", "carol", "mallory"]), "laptop", forged.Value));
                    break;
                case 6:
                    original = random.Below(4) == 0 ? null : new(Pick(honest).Intent, Pick(honest).Payload);
                    break;
                case 7:
                    var replaced = Pick(honest);
                    (original, approvals) = (new(replaced.Intent, replaced.Payload), replaced.Approvals);
                    intent = Replace(replaced.Intent, payload, random);
                    break;
                default:
                    intent = Change(intent, random);
                    break;
            }
        }
        return new(intent, payload, approvals, original);
    }

    /// <summary>A well-made intent to replace a transaction, by whatever there is.</summary>
    Intent Replace(Intent intent, SigningPayload by, SeededRandom random)
    {
        var signatures = intent.Signatures;
        try
        {
            signatures = acme.IntentOf(by.Bytes.ToArray()).Signatures;
        }
        catch (FormatException)
        {
        }
        return intent.ReplaceBy(new(SHA256.HashData(by.Bytes.Span)), signatures, "r" + random.Below(9));
    }

    static Intent Change(Intent i, SeededRandom random)
    {
        var (organisation, wallet, epoch, chain, transaction, signatures) = (i.Organisation, i.Wallet, i.KeyEpoch, i.Chain, i.Transaction, i.Signatures);
        var (request, initiator, fee, expiry) = (i.RequestId, i.Initiator, i.MaxFee, i.ExpiresAt);
        var digest = new byte[32];
        random.Fill(digest);
        switch (random.Below(12))
        {
            case 0: organisation = "umbrella"; break;
            case 1: wallet = "savings"; break;
            case 2: epoch++; break;
            case 3: chain = ChainId.Parse("eip155:10"); fee = null; break;
            case 4: transaction = new(digest); break;
            case 5: signatures = [signatures[0] with { Payload = new(digest) }]; break;
            case 6: signatures = [signatures[0] with { Path = new(0, (uint)random.Below(9)) }]; break;
            case 7: signatures = [.. signatures, signatures[0] with { Index = signatures.Length }]; break;
            case 8: request = ((char)('a' + random.Below(9))).ToString(); break;
            case 9: initiator = random.Below(2) == 0 ? "bob" : "mallory"; break;
            case 10: fee = new(AssetId.Coin(chain, 60), Amount.MaxValue); break;
            default: expiry += TimeSpan.FromHours(random.Below(3)); break;
        }
        return new(organisation, wallet, epoch, chain, transaction, signatures, request, initiator, fee, expiry, i.Replaces);
    }
}
