namespace Quorate.Threshold.Dkls23;

/// <summary>
/// Where the host remembers which presignatures have been used. A port: an id goes in durably before the share it is for
/// leaves, so that not even a copy of the process's memory can use it again. A host that can be rolled back with its disk
/// keeps this elsewhere, or signs without presignatures.
/// </summary>
public interface ISpentPresignatures
{
    /// <summary>Records the id of 32 bytes. Returns when that outlives a crash; false where it had been recorded before.</summary>
    bool TrySpend(ReadOnlySpan<byte> id);
}
