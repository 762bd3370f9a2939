using System.Collections.Immutable;
using Quorate.Policies;

namespace Quorate.Node.Ceremonies;

/// <summary>What a node has recorded of one ceremony: its stream, folded. One id is one order, for ever.</summary>
public sealed record CeremonyState
{
    /// <summary>The outcome of a ceremony that has done what its order says.</summary>
    public const string Completed = "completed";

    /// <summary>A ceremony that the node has never heard of.</summary>
    public static CeremonyState Unknown { get; } = new();

    /// <summary>The order; null where there is none, or where the node has only vowed to take no part in it.</summary>
    public CeremonyOrder? Order { get; init; }

    /// <summary>Hash of the order that the id belongs to; null where it is free.</summary>
    public Digest? Hash { get; init; }

    /// <summary>What approvals came with it, as JSON.</summary>
    public ReadOnlyMemory<byte> Approvals { get; init; }

    /// <summary>The attempt that the node takes part in, or did last; 0 for none.</summary>
    public int Joined { get; init; }

    /// <summary>The highest attempt that the node has vowed never to attest; 0 for none.</summary>
    public int Vowed { get; init; }

    /// <summary>The last attempt that the node has attested; 0 for none.</summary>
    public int Attested { get; init; }

    /// <summary>The attestation in its stored format.</summary>
    public ReadOnlyMemory<byte> Testimony { get; init; }

    /// <summary>The highest attempt that the node knows can have no certificate, though it attested it; 0 for none.</summary>
    public int Settled { get; init; }

    /// <summary>The certificate in its stored format; empty before.</summary>
    public ReadOnlyMemory<byte> Certificate { get; init; }

    /// <summary>How many attempts the node has taken part in.</summary>
    public int Attempts { get; init; }

    /// <summary>When it last began or ended one here, in Unix seconds; 0 before the first.</summary>
    public long AttemptedAt { get; init; }

    /// <summary>What went wrong last, in words.</summary>
    public string? LastFault { get; init; }

    /// <summary>Whom this node named for it.</summary>
    public ImmutableArray<string> Culprits { get; init; } = [];

    /// <summary>Whether this node has seen for itself that they deviated.</summary>
    public bool IsFaultProven { get; init; }

    /// <summary>How it ended; null before.</summary>
    public string? Outcome { get; init; }

    /// <summary>Whether everybody has attested.</summary>
    public bool IsCertified => !Certificate.IsEmpty;

    /// <summary>The lowest number of an attempt that the node may still join.</summary>
    public int NextNumber => Math.Max(Joined, Vowed) + 1;

    /// <summary>Whether the attempt that the node attested last may have a certificate, as far as it knows.</summary>
    public bool IsUnsettled => Attested > Settled && !IsCertified && Outcome is null;

    /// <summary>The ceremony that an event is about; null for others.</summary>
    internal static string? IdOf(NodeEvent happened) => happened switch
    {
        NodeEvent.CeremonyAllowed e => e.Id,
        NodeEvent.CeremonyAttempted e => e.Id,
        NodeEvent.CeremonyAttested e => e.Id,
        NodeEvent.CeremonyVowed e => e.Id,
        NodeEvent.CeremonyFailed e => e.Id,
        NodeEvent.CeremonyCertified e => e.Id,
        NodeEvent.CeremonyEnded e => e.Id,
        _ => null,
    };

    /// <summary>The state after an event of the ceremony's stream.</summary>
    public CeremonyState Evolve(NodeEvent happened) => happened switch
    {
        NodeEvent.CeremonyAllowed e => Allow(CeremonyOrder.Parse(NodeState.Utf8(e.Order)), NodeState.Utf8(e.Approvals)),
        NodeEvent.CeremonyAttempted e => this with
        {
            Joined = e.Number, Settled = e.Vow is null ? Settled : Attested, Attempts = Attempts + 1, AttemptedAt = e.At, LastFault = null, Culprits = [],
            IsFaultProven = false,
        },
        NodeEvent.CeremonyAttested e => this with { Attested = e.Number, Testimony = e.Testimony, AttemptedAt = e.At },
        NodeEvent.CeremonyVowed e => this with { Vowed = Math.Max(Vowed, e.Number) },
        NodeEvent.CeremonyFailed e => this with { LastFault = e.Fault, Culprits = e.Culprits, IsFaultProven = e.IsProven, AttemptedAt = e.At },
        NodeEvent.CeremonyCertified e => this with { Certificate = e.Certificate },
        NodeEvent.CeremonyEnded e => this with
        {
            Outcome = e.Outcome, Hash = Digest.TryParse(e.Order, out var hash) ? hash : throw new FormatException("The order is no digest."),
        },
        _ => this,
    };

    CeremonyState Allow(CeremonyOrder order, byte[] approvals) => this with { Order = order, Hash = order.Hash, Approvals = approvals };
}
