using System.Text.Json.Nodes;
using Quorate.Chains.Solana;
using Quorate.Chains.Solana.Programs;

namespace Quorate.Chains.Tests.Solana;

/// <summary>Byte for byte with @solana/web3.js and @solana/spl-token: what is built here is read there, and the reverse.</summary>
public class WebJsInteropTests
{
    const int Count = 2000, Chunk = 250;

    [Fact]
    public void Messages_compiled_here_are_the_bytes_that_web3_compiles_and_reads()
    {
        using var scene = new SolanaScene(20261121);
        for (var done = 0; done < Count; done += Chunk)
        {
            var parts = Enumerable.Range(0, Chunk).Select(_ => RandomMessages.Parts(scene)).ToArray();
            var built = WebJs.Call("messages.build", new() { ["messages"] = WebJs.Array(parts, p => new JsonObject
            {
                ["version"] = (int)p.Version, ["payer"] = p.Payer.ToString(), ["blockhash"] = p.Blockhash.ToString(),
                ["instructions"] = WebJs.Array(p.Instructions, ToJson),
            }) });
            foreach (var (ours, theirs) in parts.Zip(built))
            {
                var message = SolanaMessage.Compile(ours.Version, ours.Payer, ours.Blockhash, ours.Instructions);
                Assert.Equal((string?)theirs, Convert.ToHexStringLower(message.Encode()));
            }
        }
    }

    [Fact]
    public void Messages_made_up_here_are_read_there_field_by_field()
    {
        using var scene = new SolanaScene(2);
        for (var done = 0; done < Count; done += Chunk)
        {
            var messages = Enumerable.Range(0, Chunk).Select(_ => RandomMessages.Next(scene)).ToArray();
            var read = WebJs.Call("messages.read", new() { ["encoded"] = WebJs.Array(messages, m => Convert.ToHexStringLower(m.Encode())) });
            foreach (var (ours, theirs) in messages.Zip(read))
            {
                AssertFields(theirs!, ours);
                Assert.Equal((string?)theirs!["reencoded"], Convert.ToHexStringLower(ours.Encode()));
            }
        }
    }

    [Fact]
    public void Transactions_made_up_and_signed_by_web3_are_read_here_field_by_field()
    {
        for (var chunk = 0; chunk < Count / Chunk; chunk++)
        {
            foreach (var theirs in WebJs.Call("transactions.random", new() { ["seed"] = $"quorate {chunk}", ["count"] = Chunk }))
            {
                var (message, signed) = (Bytes(theirs!["message"]), Bytes(theirs["signed"]));
                var ours = SolanaMessage.Decode(message);
                AssertFields(theirs, ours);
                Assert.Equal(message, ours.Encode());
                var transaction = SolanaTransaction.Decode(signed);
                Assert.Equal(ours, transaction.Message);
                Assert.Equal(signed, transaction.Encode());
                Assert.True(transaction.IsFullySigned);
            }
        }
    }

    [Fact]
    public void Transfers_built_and_signed_here_are_what_web3_signs()
    {
        using var scene = new SolanaScene(3);
        using var seed = scene.Key.ExportSeed();
        var seeds = new JsonArray(Convert.ToHexStringLower(seed.Expose()));
        var messages = Enumerable.Range(0, 200).Select(i => scene.Format.Build(
            new(scene.A(scene.Me), scene.A(scene.Wallet()), i % 3 == 0 ? scene.Format.Coin : scene.Format.Token(i % 3 == 1 ? scene.Mint : scene.Mint2022),
                RandomMessages.Amount(scene), i % 5 == 0 ? "Grüße" : null),
            new(new MessageLifetime.Recent(scene.Hash()))
            {
                UnitLimit = i % 2 == 0 ? (uint)i * 1000 : null, UnitPrice = (ulong)i, Mint = new(i % 3 == 1 ? ProgramIds.Token : ProgramIds.Token2022, 9),
                Version = i % 4 == 0 ? SolanaMessageVersion.V0 : SolanaMessageVersion.Legacy,
            }).Encode()).ToArray();
        var theirs = WebJs.Call("transactions.sign", new() { ["seeds"] = seeds, ["messages"] = WebJs.Array(messages, m => Convert.ToHexStringLower(m)) });
        foreach (var (ours, signed) in messages.Zip(theirs))
            Assert.Equal((string?)signed, Convert.ToHexStringLower(scene.Sign(ours).Span));
    }

    [Fact]
    public void Instructions_are_those_that_web3_and_spl_token_build()
    {
        using var s = new SolanaScene(4);
        var wanted = Enumerable.Range(0, 400).Select(n => Wanted(s, n)).ToArray();
        var theirs = WebJs.Call("instructions.build", new() { ["wanted"] = WebJs.Array(wanted, w => w.Request) });
        foreach (var (ours, instruction) in wanted.Zip(theirs))
            Assert.Equal(instruction!.ToJsonString(), ToJson(ours.Ours).ToJsonString());
    }

    [Fact]
    public void Addresses_of_programs_and_associated_accounts_are_those_that_web3_derives()
    {
        using var scene = new SolanaScene(5);
        var wanted = Enumerable.Range(0, 300).Select(i => (
            Seeds: Enumerable.Range(0, scene.Below(4)).Select(_ => scene.Bytes(1 + scene.Below(32))).ToArray(), Program: scene.Any())).ToArray();
        var theirs = WebJs.Call("addresses.derive", new() { ["wanted"] = WebJs.Array(wanted, w => new JsonObject
        {
            ["seeds"] = WebJs.Array(w.Seeds, x => Convert.ToHexStringLower(x)), ["program"] = w.Program.ToString(),
        }) });
        foreach (var (ours, derived) in wanted.Zip(theirs))
        {
            Assert.Equal((string?)derived!["address"], ProgramAddress.Find(ours.Program, [.. ours.Seeds.SelectMany(x => x)], out var bump).ToString());
            Assert.Equal((int?)derived["bump"], bump);
        }

        var accounts = Enumerable.Range(0, 300).Select(i => (Owner: scene.Any(), Mint: scene.Any(), Program: i % 2 == 0 ? ProgramIds.Token : ProgramIds.Token2022)).ToArray();
        var associated = WebJs.Call("addresses.associated", new() { ["wanted"] = WebJs.Array(accounts, a => new JsonObject
        {
            ["owner"] = a.Owner.ToString(), ["mint"] = a.Mint.ToString(), ["program"] = a.Program.ToString(),
        }) });
        foreach (var (ours, derived) in accounts.Zip(associated))
            Assert.Equal((string?)derived, ProgramAddress.AssociatedTokenAccount(ours.Owner, ours.Mint, ours.Program).ToString());

        var any = Enumerable.Range(0, 300).Select(_ => scene.Any()).Append(scene.Me).Append(default).ToArray();
        var onCurve = WebJs.Call("addresses.onCurve", new() { ["addresses"] = WebJs.Array(any, a => Convert.ToHexStringLower(a.ToArray())) });
        foreach (var (ours, there) in any.Zip(onCurve))
            Assert.Equal((bool)there!, ours.IsOnCurve);
    }

    static (JsonNode Request, SolanaInstruction Ours) Wanted(SolanaScene s, int n)
    {
        var (a, b, c, d) = (s.Any(), s.Any(), s.Any(), s.Any());
        var (amount, small, size, decimals) = (RandomMessages.Amount(s), (ulong)s.Below(int.MaxValue), s.Below(10_000), (byte)s.Below(256));
        var program = s.Below(2) == 0 ? ProgramIds.Token : ProgramIds.Token2022;
        // What web3 takes as a number of JavaScript stays below 2³¹.
        (string Kind, SolanaInstruction Ours, ulong Amount) made = (n % 21) switch
        {
            0 => ("transfer", SystemProgram.Transfer(a, b, amount), amount),
            1 => ("createAccount", SystemProgram.CreateAccount(a, b, small, (ulong)size, c), small),
            2 => ("createAccountWithSeed", SystemProgram.CreateAccountWithSeed(a, b, "söme seed", small, (ulong)size, c), small),
            3 => ("initializeNonce", SystemProgram.InitializeNonce(a, b), 0),
            4 => ("advanceNonce", SystemProgram.AdvanceNonce(a, b), 0),
            5 => ("withdrawNonce", SystemProgram.WithdrawNonce(a, b, small, c), small),
            6 => ("authorizeNonce", SystemProgram.AuthorizeNonce(a, b, c), 0),
            7 => ("unitLimit", ComputeBudget.SetUnitLimit((uint)size), 0),
            8 => ("unitPrice", ComputeBudget.SetUnitPrice(amount), amount),
            // spl-token still writes the first form, without data.
            9 => ("create", AssociatedTokenProgram.Create(a, b, c, program) with { Data = default }, 0),
            10 => ("createIdempotent", AssociatedTokenProgram.CreateIdempotent(a, b, c, program), 0),
            11 => ("transferChecked", TokenProgram.TransferChecked(program, a, b, c, d, amount, decimals), amount),
            12 => ("transferCheckedWithFee", TokenProgram.TransferCheckedWithFee(a, b, c, d, amount, decimals, (ulong)size), amount),
            13 => ("approveChecked", TokenProgram.ApproveChecked(program, a, b, c, d, amount, decimals), amount),
            14 => ("revoke", TokenProgram.Revoke(program, a, b), 0),
            15 => ("setAuthority", TokenProgram.SetAuthority(program, a, b, TokenAuthority.AccountOwner, c), 0),
            16 => ("setNoAuthority", TokenProgram.SetAuthority(program, a, b, TokenAuthority.CloseAccount, null), 0),
            17 => ("mintToChecked", TokenProgram.MintToChecked(program, a, b, c, amount, decimals), amount),
            18 => ("burnChecked", TokenProgram.BurnChecked(program, a, b, c, amount, decimals), amount),
            19 => ("closeAccount", TokenProgram.CloseAccount(program, a, b, c), 0),
            _ when n % 2 == 0 => ("syncNative", TokenProgram.SyncNative(program, a), 0),
            _ => ("initializeAccount3", TokenProgram.InitializeAccount3(program, a, b, c), 0),
        };
        return (new JsonObject
        {
            ["kind"] = made.Kind, ["a"] = a.ToString(), ["b"] = b.ToString(), ["c"] = c.ToString(), ["d"] = d.ToString(), ["program"] = program.ToString(),
            ["amount"] = made.Amount.ToString(System.Globalization.CultureInfo.InvariantCulture), ["size"] = size, ["decimals"] = decimals, ["seed"] = "söme seed",
        }, made.Ours);
    }

    static JsonObject ToJson(SolanaInstruction i) => new()
    {
        ["program"] = i.Program.ToString(),
        ["accounts"] = WebJs.Array(i.Accounts, a => new JsonObject { ["address"] = a.Address.ToString(), ["signer"] = a.IsSigner, ["writable"] = a.IsWritable }),
        ["data"] = Convert.ToHexStringLower(i.Data.Span),
    };

    static void AssertFields(JsonNode theirs, SolanaMessage ours)
    {
        Assert.Equal((int)theirs["version"]!, (int)ours.Version);
        Assert.Equal([ours.RequiredSignatures, ours.ReadOnlySigned, ours.ReadOnlyUnsigned], theirs["header"]!.AsArray().Select(n => (byte)(int)n!));
        Assert.Equal(theirs["accounts"]!.AsArray().Select(n => (string?)n), ours.Accounts.Select(a => a.ToString()));
        Assert.Equal((string?)theirs["blockhash"], ours.Blockhash.ToString());
        Assert.Equal(
            theirs["instructions"]!.AsArray().Select(n => ((int)n!["program"]!, (string)n["accounts"]!, (string)n["data"]!)),
            ours.Instructions.Select(i => ((int)i.Program, Convert.ToHexStringLower(i.Accounts.Span), Convert.ToHexStringLower(i.Data.Span))));
        Assert.Equal(
            theirs["lookups"]!.AsArray().Select(n => ((string)n!["table"]!, (string)n["writable"]!, (string)n["readOnly"]!)),
            ours.Lookups.Select(l => (l.Table.ToString(), Convert.ToHexStringLower(l.Writable.Span), Convert.ToHexStringLower(l.ReadOnly.Span))));
    }

    static byte[] Bytes(JsonNode? node) => Convert.FromHexString((string)node!);
}
