namespace Quorate.Node.Vault;

/// <summary>What is wrong with a vault or a backup.</summary>
public enum VaultFault
{
    /// <summary>Another passphrase, key file or token; or what proves the key has been changed.</summary>
    WrongKey,

    /// <summary>Another process has the vault open.</summary>
    InUse,

    /// <summary>Not a vault or backup, or of a version that this build does not know.</summary>
    UnknownFormat,

    /// <summary>The file cannot be read as a whole: cut off, or not what was written.</summary>
    Damaged,

    /// <summary>A record is not there.</summary>
    Missing,

    /// <summary>A record is there that was never put or has been taken out.</summary>
    Unexpected,

    /// <summary>There are two of one record.</summary>
    Duplicated,

    /// <summary>A record is not what was put.</summary>
    Edited,

    /// <summary>In a record's place is another of the same vault.</summary>
    Swapped,

    /// <summary>A record or an anchor is another vault's.</summary>
    Foreign,

    /// <summary>An older state of a record, or of the whole vault, has been put back.</summary>
    RolledBack,

    /// <summary>The vault has the anchor's revision, but not its contents.</summary>
    Forked,

    /// <summary>The vault has gone on by more than the one commit that a crash can leave without its anchor.</summary>
    Ahead,

    /// <summary>The disk is full. Nothing has been changed, and the vault goes on when there is room.</summary>
    Full,

    /// <summary>The disk or the database failed.</summary>
    Unavailable,
}

/// <summary>One thing that is wrong, in which record, if it is in one.</summary>
public sealed record VaultFinding(VaultFault Fault, string? Record, string Detail)
{
    /// <summary>For people.</summary>
    public override string ToString() => Record is null ? Detail : $"Record {Record}: {Detail}";
}

/// <summary>A vault or backup is refused, or did not do what was asked. Nothing has been overwritten.</summary>
public sealed class VaultException : Exception
{
    internal VaultException(VaultFault fault, string? record, string detail, Exception? inner = null) : this([new(fault, record, detail)], inner) { }

    internal VaultException(IReadOnlyList<VaultFinding> findings, Exception? inner = null)
        : base(findings.Count == 1 ? findings[0].ToString() : $"{findings[0]} (and {findings.Count - 1} more)", inner) => Findings = findings;

    /// <summary>Everything found, at least one.</summary>
    public IReadOnlyList<VaultFinding> Findings { get; }

    /// <summary>The first fault.</summary>
    public VaultFault Fault => Findings[0].Fault;

    /// <summary>The record of the first fault, or null.</summary>
    public string? Record => Findings[0].Record;

    /// <summary>
    /// It failed in the middle of a commit, and only opening the vault again tells whether the change is in it. Until then
    /// the vault refuses everything.
    /// </summary>
    public bool IsOutcomeUnknown { get; init; }
}
