using Quorate.Server.Ids;

namespace Quorate.Server.Events;

/// <summary>Something that has happened, as callers hear of it.</summary>
/// <param name="Position">Where it stands in the journal, and in all lists of events.</param>
/// <param name="Id">Its own id, <c>evt_…</c>: made from the journal's hash at that position, so it is the same whoever makes it.</param>
/// <param name="Type">One of <see cref="EventRules.Types"/>.</param>
/// <param name="Resource">The id of what it happened to.</param>
/// <param name="Vault">The vault that is in; null where it is in none.</param>
/// <param name="Wallet">The wallet it belongs to; null where it belongs to none.</param>
/// <param name="Sequence">The resource's version after it: ascends, with gaps where something internal happened.</param>
/// <param name="At">When it was recorded, and never before what stands before it.</param>
/// <param name="Status">Where the resource stands after it; null for what has no status.</param>
/// <param name="SubStatus">What is special about that; null where nothing is.</param>
/// <param name="Data">What it says, a JSON object.</param>
sealed record PublicEvent(
    long Position, ResourceId Id, string Type, string Resource, string? Vault, string? Wallet, long Sequence, DateTimeOffset At, string? Status, string? SubStatus, string Data);
