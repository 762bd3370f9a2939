using Quorate.Journal.Chain;

namespace Quorate.Journal;

/// <summary>What was read is not what was written. Nothing read together with it is returned.</summary>
public sealed class JournalCorruptException(JournalFault fault) : Exception(fault.ToString())
{
    /// <summary>What is wrong, and where.</summary>
    public JournalFault Fault { get; } = fault;
}
