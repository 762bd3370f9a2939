namespace Quorate.Journal;

/// <summary>An append that is on disk.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Version">The stream's version now: that of the last event appended.</param>
/// <param name="FirstPosition">Position of the first event appended; the others follow without gaps.</param>
/// <param name="Head">The journal's head after the last event appended: to be kept where a rollback must be noticed.</param>
public sealed record AppendResult(string Stream, long Version, long FirstPosition, Head Head);
