using System.Collections.Immutable;
using System.Text.Json;
using static Quorate.Chains.NodeJson;

namespace Quorate.Chains.Solana.Rpc;

/// <summary>What a transaction would come to.</summary>
/// <param name="Error">Why it would fail; null where it would not.</param>
/// <param name="Units">Compute units that it used until its end.</param>
/// <param name="Log">What its programs wrote.</param>
sealed record Simulation(TransactionError? Error, ulong Units, ImmutableArray<string> Log)
{
    /// <summary>Lines of a program's log that an error quotes at most: the last ones say what was wrong.</summary>
    const int MaxQuoted = 3;

    internal static Simulation Read(JsonElement element) => new(
        Optional(element, "err") is { } wrong ? TransactionError.Read(wrong) : null,
        Optional(element, "unitsConsumed") is { } units ? Number(units) : 0,
        Optional(element, "logs") is { } lines ? [.. Items(lines).Select(Text)] : []);

    /// <summary>Why it would fail, with the last of what the programs wrote.</summary>
    internal string Reason => Error is null ? "" : Log.IsEmpty ? Error.ToString() : $"{Error} ({string.Join("; ", Log.TakeLast(MaxQuoted))})";

    /// <summary>The reason as something that a program can act on.</summary>
    internal ChainException Refusal(SolanaMessage message) => new(SolanaRefusal.KindOf(Error!, message), $"The transaction would fail: {Reason}.");
}
