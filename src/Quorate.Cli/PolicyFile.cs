using System.Collections.Immutable;
using Quorate.Chains;
using Quorate.Policies;

namespace Quorate.Cli;

/// <summary>Policies, recordings, genesis documents, orders and acts as files.</summary>
static class PolicyFile
{
    const int MaxApprovals = 256 << 10;

    internal static Policy Read(string path) => Read(path, Policy.MaxSize, bytes => Policy.Parse(bytes, ChainSpelling.IsCanonical));

    internal static GenesisDocument ReadGenesis(string path) =>
        Read(path, GenesisDocument.MaxSize, bytes => GenesisDocument.Parse(bytes, ChainSpelling.IsCanonical));

    internal static Receipt ReadReceipt(string path) => Read(path, Receipt.MaxSize, bytes => Receipt.Parse(bytes, ChainSpelling.IsCanonical));

    internal static CeremonyOrder ReadOrder(string path) => Read(path, CeremonyOrder.MaxSize, bytes => CeremonyOrder.Parse(bytes));

    internal static AdministrativeAct ReadAct(string path) =>
        Read(path, GenesisDocument.MaxSize, bytes => AdministrativeAct.Parse(bytes, ChainSpelling.IsCanonical));

    internal static ImmutableArray<Approval> ReadApprovals(string path) => Read(path, MaxApprovals, bytes => ApprovalJson.Parse(bytes));

    internal static ImmutableArray<PolicyCase> ReadRecording(string path) => Read(path, Recording.MaxSize, bytes => Recording.Parse(bytes));

    static T Read<T>(string path, int maxSize, Func<byte[], T> parse)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.Length > maxSize)
                throw new CliException($"{path}: {file.Length} bytes; at most {maxSize} are read.");
            return parse(File.ReadAllBytes(path));
        }
        catch (DocumentException problem)
        {
            throw new CliException($"{path}: {problem.Message} [{problem.Code}]");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{path}: {problem.Message}");
        }
    }
}
