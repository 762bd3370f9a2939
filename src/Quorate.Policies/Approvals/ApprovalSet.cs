using System.Collections.Frozen;
using System.Collections.Immutable;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Signatures;

namespace Quorate.Policies;

/// <summary>An approval that does not count, and why.</summary>
public sealed record RefusedApproval(Approval Approval, ApprovalFault Fault);

/// <summary>
/// The members whose approval of one intent has been verified. It exists only by verification, names the intent, and holds
/// members and not devices: a person with three devices counts once.
/// </summary>
public sealed class ApprovalSet
{
    /// <summary>Most approvals verified for one intent; each costs a signature verification.</summary>
    public const int MaxApprovals = 1000;

    ApprovalSet(Digest intent, FrozenSet<string> approvers, ImmutableArray<RefusedApproval> refused, PasskeyCounters counters) =>
        (Intent, Approvers, Refused, Counters) = (intent, approvers, refused, counters);

    /// <summary>The hash of what was approved.</summary>
    public Digest Intent { get; }

    /// <summary>Who has approved.</summary>
    public IReadOnlySet<string> Approvers { get; }

    /// <summary>What did not count. Nothing follows from it but a line in a log.</summary>
    public ImmutableArray<RefusedApproval> Refused { get; }

    /// <summary>The passkeys' counters afterwards, to be stored before anything follows from the approvals.</summary>
    public PasskeyCounters Counters { get; }

    /// <summary>What a device key signs: 32 bytes from the intent's hash, in a domain of their own.</summary>
    public static byte[] MessageFor(Digest intent)
    {
        using var transcript = new Transcript(Tags.IntentApproval);
        return transcript.Append(intent.ToArray()).Digest();
    }

    /// <summary>Verifies approvals of an intent. What an approval lacks is a value, never an exception.</summary>
    /// <param name="intent">What was approved.</param>
    /// <param name="approvals">What came, in the order it came.</param>
    /// <param name="membership">Who speaks for whom, as pinned by the caller.</param>
    /// <param name="counters">The passkeys' counters so far.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="ArgumentException">More than <see cref="MaxApprovals"/>.</exception>
    public static ApprovalSet Verify(
        Intent intent, IReadOnlyCollection<Approval> approvals, Membership membership, PasskeyCounters counters, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(intent);
        return Verify(intent.Hash, intent.ExpiresAt, approvals, membership, counters, now);
    }

    /// <summary>As the other one, of anything that has a hash in a domain of its own, such as an administrators' act.</summary>
    /// <param name="subject">The hash of what was approved.</param>
    /// <param name="expiresAt">From then on no approval counts.</param>
    /// <param name="approvals">What came, in the order it came.</param>
    /// <param name="membership">Who speaks for whom, as pinned by the caller.</param>
    /// <param name="counters">The passkeys' counters so far.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="ArgumentException">More than <see cref="MaxApprovals"/>.</exception>
    public static ApprovalSet Verify(
        Digest subject, DateTimeOffset expiresAt, IReadOnlyCollection<Approval> approvals, Membership membership, PasskeyCounters counters,
        DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(approvals);
        ArgumentNullException.ThrowIfNull(membership);
        ArgumentNullException.ThrowIfNull(counters);
        if (approvals.Count > MaxApprovals)
            throw new ArgumentException($"{approvals.Count} approvals; at most {MaxApprovals}.", nameof(approvals));
        var message = MessageFor(subject);
        var approvers = new HashSet<string>(StringComparer.Ordinal);
        var refused = ImmutableArray.CreateBuilder<RefusedApproval>();
        foreach (var approval in approvals)
        {
            if (Fault(approval) is { } fault)
                refused.Add(new(approval, fault));
            else
                approvers.Add(approval.Member);
        }
        return new(subject, approvers.ToFrozenSet(StringComparer.Ordinal), refused.ToImmutable(), counters);

        ApprovalFault? Fault(Approval approval)
        {
            if (now >= expiresAt)
                return ApprovalFault.IntentExpired;
            if (membership.Find(approval.Member, approval.Device, out var missing) is not { } device)
                return missing;
            if (device.FaultAt(now) is { } notNow)
                return notNow;
            switch (device, approval)
            {
                case (Device.Ed25519Key key, Approval.Signature signature):
                    return Ed25519Signature.Verify(key.PublicKey.Span, message, signature.Value.Span) ? null : ApprovalFault.BadSignature;
                case (Device.Passkey passkey, Approval.Assertion assertion):
                    var fault = PasskeyAssertion.Verify(passkey.Credential, membership.RelyingParty, subject, assertion, out var signCount);
                    return fault ?? (counters.TryAdvance(passkey.Credential, signCount, subject, out counters) ? null : ApprovalFault.CounterNotAbove);
                default:
                    return ApprovalFault.WrongKindOfDevice;
            }
        }
    }
}
