using System.Globalization;
using Quorate.Chains;

namespace Quorate.Cli.Devnet;

/// <summary>bcoin on regtest, with Esplora's API and Bitcoin Core's RPC in front. The faucet mines what it pays into a block.</summary>
sealed class BitcoinDevnet : DevnetChain
{
    internal override string Name => "bitcoin";

    internal override int DefaultPort => 18443;

    internal override string FaucetUnit => "satoshi";

    internal override IReadOnlyList<string> KeepingArguments(string file) => [file];

    internal override async Task<string> CheckAsync(DevnetHttp node, CancellationToken cancellationToken)
    {
        var info = await node.CallAsync("getblockchaininfo", [], cancellationToken);
        return string.Create(CultureInfo.InvariantCulture, $"bcoin {info?["chain"]}, block {info?["blocks"]}");
    }

    internal override async Task<string> FundAsync(DevnetHttp node, string address, string amount, CancellationToken cancellationToken)
    {
        if (!Amount.TryParse(amount, out var satoshi) || !satoshi.TryToUInt64(out var value))
            throw new CliException($"\"{amount}\" is no amount of satoshi: decimal digits, nothing else.");
        var answer = await node.PostAsync("faucet", new() { ["address"] = address, ["amount"] = value }, cancellationToken);
        return answer["txid"]?.GetValue<string>()
            ?? throw new HttpRequestException(answer["error"]?["message"]?.ToString() ?? "the faucet gives no reason.");
    }
}
