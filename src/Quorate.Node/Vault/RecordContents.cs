using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Threshold.Sharing;

namespace Quorate.Node.Vault;

/// <summary>Whether a record that has been opened is what its header says, for whoever verifies a vault or a backup.</summary>
static class RecordContents
{
    /// <summary>What is wrong, or null.</summary>
    internal static string? Check(RecordHeader header, SecretBytes plain)
    {
        try
        {
            return header.Kind switch
            {
                RecordKind.Identity => CheckIdentity(header, plain),
                RecordKind.Key => CheckKey(header, plain),
                RecordKind.Spent => SpentMarks.Read(plain.Expose()) is null ? "no list of used presignatures." : null,
                RecordKind.Destroyed => DestructionStatement.Decode(plain.Expose()).Verify() ? null : "a statement that is not signed by its node.",
                RecordKind.Restored => RestoreMark.Decode(plain.Expose()) is null ? "no mark of a restore." : null,
                RecordKind.Pending => PendingKeys.Check(plain.Expose()),
                RecordKind.Ban or RecordKind.SignsFrom => plain.Length == 0 ? null : "contents where there are none.",
                _ => "a record of no use here.",
            };
        }
        catch (FormatException damage)
        {
            return damage.Message;
        }
    }

    static string? CheckIdentity(RecordHeader header, SecretBytes plain)
    {
        if (plain.Length != Ed25519Key.SeedSize)
            return $"{plain.Length} bytes; a seed has {Ed25519Key.SeedSize}.";
        using var key = new Ed25519Key(plain.Expose());
        return key.EncodedPublicKey.SequenceEqual(header.Subject.ToArray()) ? null : "the seed of another identity.";
    }

    static string? CheckKey(RecordHeader header, SecretBytes plain)
    {
        var found = StoredHolding.Check((KeyScheme)header.Scheme, plain.Expose());
        return found == header with { Vault = default, Revision = 0 } ? null : "the holding of another key, party or epoch than its header says.";
    }
}
