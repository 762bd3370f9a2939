namespace Quorate.Rpc.Health;

/// <summary>One of the things that a process needs before it can do its work.</summary>
/// <param name="Name">What, in snake_case.</param>
/// <param name="IsReady">Whether it is there.</param>
/// <param name="Reason">How it is, or why not, in a sentence without anything that somebody else has written.</param>
public sealed record ReadinessCheck(string Name, bool IsReady, string Reason);
