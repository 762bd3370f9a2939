using Quorate.Node.Tests.Vault;

namespace Quorate.Node.Tests;

/// <summary>
/// The process that crash tests start and kill, <c>vault-write PLACE</c> and <c>vault-hold PLACE</c>; and what made the
/// recorded files, <c>vault-record DIRECTORY</c> and <c>formats-record DIRECTORY</c>.
/// </summary>
static class Program
{
    static int Main(string[] args)
    {
        switch (args)
        {
            case ["vault-write", var place]:
                VaultWriter.Run(place, Console.OpenStandardOutput());
                return 0;
            case ["vault-hold", var place]:
                VaultWriter.Hold(place, Console.OpenStandardOutput());
                return 0;
            case ["vault-record", var directory]:
                RecordedVaultTests.Record(directory);
                return 0;
            case ["formats-record", var directory]:
                RecordedFormatsTests.Record(directory);
                return 0;
            default:
                return 64;
        }
    }
}
