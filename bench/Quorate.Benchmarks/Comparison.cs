namespace Quorate.Benchmarks;

/// <summary>An operation of ours beside a peer's, in one process.</summary>
/// <param name="Name">The line's label.</param>
/// <param name="Ours">Our operation.</param>
/// <param name="Peer">The other one.</param>
/// <param name="Operations">Operations in one call, for calls that do several.</param>
/// <param name="Overview">What the overview calls it; null where it does not show it.</param>
sealed record Comparison(string Name, Action Ours, Action Peer, int Operations = 1, string? Overview = null);
