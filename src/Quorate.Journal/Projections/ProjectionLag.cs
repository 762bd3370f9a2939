namespace Quorate.Journal.Projections;

/// <summary>How far a projection is behind its journal.</summary>
/// <param name="Events">Events not applied yet.</param>
/// <param name="Time">Age of the oldest of them; zero when there is none.</param>
public readonly record struct ProjectionLag(long Events, TimeSpan Time);
