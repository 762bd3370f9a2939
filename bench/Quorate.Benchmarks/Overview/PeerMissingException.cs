namespace Quorate.Benchmarks.Overview;

/// <summary>A peer is not on this machine.</summary>
sealed class PeerMissingException(string peer) : Exception($"{peer} is not installed");
