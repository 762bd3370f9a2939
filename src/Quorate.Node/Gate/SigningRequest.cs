using System.Collections.Immutable;
using Quorate.Policies;

namespace Quorate.Node.Gate;

/// <summary>What the server asks of a node. Nothing in it is believed.</summary>
/// <param name="Intent">What is said to be wanted.</param>
/// <param name="Payload">The raw thing.</param>
/// <param name="Approvals">Who is said to have approved it, the initiator's own signature included.</param>
public sealed record SigningRequest(Intent Intent, SigningPayload Payload, ImmutableArray<Approval> Approvals);
