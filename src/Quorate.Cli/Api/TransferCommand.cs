using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Quorate.Chains;
using Quorate.Cli.Ceremonies;
using Quorate.Cli.Node;
using Quorate.Cryptography.Derivation;
using Quorate.Policies;

namespace Quorate.Cli.Api;

/// <summary><c>quorate transfer</c>: approving what waits for a member. Nothing is believed that the server says of it.</summary>
static class TransferCommand
{
    internal static Command Create() => new("transfer", "Transfers of the wallet server.") { Approve() };

    static Command Approve()
    {
        var id = new Argument<string>("ID") { Description = "trf_…, txn_… or sig_…." };
        var yes = new Option<bool>("--yes") { Description = "Sign without asking." };
        var command = new Command("approve",
            """
            Approve a transfer with a device key. The intent is hashed and the transaction decoded here, from its bytes: what is
            shown is what it does, whatever the server says of it. Tokens are shown as calls of their contracts.

            Example:
              quorate transfer approve trf_… --api http://127.0.0.1:7081 --key-id key_… --api-key alice.device.json --device-key alice.device.json
            """)
        {
            id, ApiConnection.Url, ApiConnection.KeyId, ApiConnection.KeyFile, ApproveCommand.DeviceKey, Passphrase.FileOption, yes,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var api = ApiConnection.Open(parsed);
            var path = $"/v1/transfers/{Uri.EscapeDataString(parsed.GetValue(id)!)}";
            var transfer = await api.GetAsync(path, cancellation);
            var intent = Read(transfer);
            foreach (var line in Describe(intent, transfer))
                Console.WriteLine(line);
            if (!parsed.GetValue(yes))
                Confirm();
            var array = Encoding.UTF8.GetString(ApprovalJson.Write([ApproveCommand.Sign(parsed, intent.Hash)]));
            var answer = await api.PostAsync($"{path}:approve", new() { ["approval"] = JsonNode.Parse(array)![0]!.DeepClone() }, cancellation);
            Console.WriteLine($"approved  {(string?)answer["id"]} is {(string?)answer["status"]}");
        });
        return command;
    }

    /// <summary>The intent that waits: of the last transaction, hashed here.</summary>
    static Intent Read(JsonObject transfer)
    {
        if (transfer["transactions"] is not JsonArray { Count: > 0 } transactions || transactions[^1]!["intent"] is not JsonObject document)
            throw new CliException("There is nothing to approve yet.");
        try
        {
            return IntentJson.Parse(Encoding.UTF8.GetBytes(document.ToJsonString()));
        }
        catch (DocumentException problem)
        {
            throw new CliException($"The server's intent is none: {problem.Message}");
        }
    }

    static IEnumerable<string> Describe(Intent intent, JsonObject transfer)
    {
        var bytes = Convert.FromBase64String((string)transfer["transactions"]!.AsArray()[^1]!["unsigned"]!);
        if (new Digest(SHA256.HashData(bytes)) != intent.Transaction)
            throw new CliException("The transaction is not the one that the intent names: the server shows something else than what would be signed.");
        yield return $"wallet    {intent.Wallet} of {intent.Organisation}, asked for by {intent.Initiator}";
        yield return $"expires   {intent.ExpiresAt:u}";
        foreach (var effect in Effects(intent, transfer, bytes))
            yield return effect;
        yield return $"hash      {intent.Hash}";
    }

    static string[] Effects(Intent intent, JsonObject transfer, byte[] bytes)
    {
        if ((string?)transfer["kind"] == "signature")
            return [$"message   {Encoding.UTF8.GetString(bytes)}"];
        try
        {
            var format = new ConfiguredChain(null, null, null).ToFormat(intent.Chain.ToString());
            var effects = format.Decode(bytes, new(format.ParseAddress((string)transfer["from"]!), Bip32Path.Root));
            return
            [
                .. effects.Items.Select(e => e is Effect.Transfer t ? $"pays      {t.Amount} {t.Asset} to {t.Recipient?.Text ?? "nobody"}{(t.ToSelf ? " (itself)" : "")}" : $"does      {e}"),
                .. effects.Fee is { } fee ? (string[])[$"fee       at most {fee.Maximum} {fee.Asset}"] : [],
                .. effects.NotUnderstood.Select(text => $"UNCLEAR   {text}"),
            ];
        }
        catch (FormatException problem)
        {
            throw new CliException($"The transaction does not decode: {problem.Message}");
        }
    }

    static void Confirm()
    {
        if (Console.IsInputRedirected)
            throw new CliException("Nobody is there to confirm it: --yes signs without asking.");
        Console.Error.Write("Approve? Type yes: ");
        if (Console.ReadLine()?.Trim() != "yes")
            throw new CliException("Not approved.");
    }
}
