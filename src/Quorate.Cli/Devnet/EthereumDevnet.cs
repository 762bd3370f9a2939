using System.Globalization;
using System.Text.Json.Nodes;
using Quorate.Chains;

namespace Quorate.Cli.Devnet;

/// <summary>anvil. The faucet is the first of its unlocked accounts, which starts with 10,000 ether.</summary>
sealed class EthereumDevnet : DevnetChain
{
    const string Faucet = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

    internal override string Name => "ethereum";

    internal override int DefaultPort => 8545;

    internal override string FaucetUnit => "wei";

    internal override IReadOnlyList<string> LauncherArguments => ["--chain-id", "31337"];

    internal override IReadOnlyList<string> KeepingArguments(string file) => [.. LauncherArguments, "--quiet", "--settle", "--state", file];

    internal override async Task<string> CheckAsync(DevnetHttp node, CancellationToken cancellationToken)
    {
        var version = await node.CallAsync("web3_clientVersion", [], cancellationToken);
        var height = Convert.ToUInt64((await node.CallAsync("eth_blockNumber", [], cancellationToken))?.GetValue<string>(), 16);
        return string.Create(CultureInfo.InvariantCulture, $"{version}, block {height}");
    }

    internal override async Task<string> FundAsync(DevnetHttp node, string address, string amount, CancellationToken cancellationToken)
    {
        if (!Amount.TryParse(amount, out var wei))
            throw new CliException($"\"{amount}\" is no amount of wei: decimal digits, nothing else.");
        Span<byte> bytes = stackalloc byte[Amount.Size];
        wei.WriteBigEndian(bytes);
        var value = Convert.ToHexStringLower(bytes).TrimStart('0');
        var payment = new JsonObject { ["from"] = Faucet, ["to"] = address, ["value"] = "0x" + (value.Length == 0 ? "0" : value) };
        var id = (await node.CallAsync("eth_sendTransaction", [payment], cancellationToken))!.GetValue<string>();
        // anvil answers before its block is made.
        await WaitAsync(
            async () => await node.CallAsync("eth_getTransactionReceipt", [id], cancellationToken) is not null, $"{id} is in no block", cancellationToken);
        return id;
    }
}
