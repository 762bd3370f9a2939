using System.Collections.Immutable;
using Quorate.Policies;

namespace Quorate.Node.Gate;

/// <summary>What the server asks of a node. Nothing in it is believed.</summary>
/// <param name="Intent">What is said to be wanted.</param>
/// <param name="Payload">The raw thing.</param>
/// <param name="Approvals">Who is said to have approved it, the initiator's own signature included.</param>
/// <param name="Original">What it takes the place of; null for nothing. Then the approvals are the original's.</param>
public sealed record SigningRequest(Intent Intent, SigningPayload Payload, ImmutableArray<Approval> Approvals, ReplacedRequest? Original = null)
{
    /// <summary>What was approved: of a replacement the original, otherwise this.</summary>
    internal SigningRequest Approved => Original is { } original ? new(original.Intent, original.Payload, Approvals) : this;
}

/// <summary>What was approved, where a replacement is asked for.</summary>
/// <param name="Intent">The intent that the approvals are of.</param>
/// <param name="Payload">Its raw transaction.</param>
public sealed record ReplacedRequest(Intent Intent, SigningPayload Payload);
