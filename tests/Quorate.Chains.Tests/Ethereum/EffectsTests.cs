using System.Text;
using Quorate.Chains.Ethereum;
using Quorate.Chains.Ethereum.Abi;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Hashing;

namespace Quorate.Chains.Tests.Ethereum;

public class EffectsTests
{
    static readonly EthereumAddress me = Hex.Address(1), other = Hex.Address(2), token = Hex.Address(3), third = Hex.Address(4);
    static readonly EthereumFormat plain = new(1);

    static EthereumFormat Knowing(TokenKind kind) => new(1, KnownContracts.None.WithToken(token, kind));

    static EthereumTransaction Call(byte[] data, EthereumAddress? to = null, ulong value = 0) => new()
    {
        Type = EthereumTransactionType.FeeMarket, ChainId = 1, Nonce = 5, GasLimit = 100_000, MaxFeePerGas = 30, MaxPriorityFeePerGas = 2,
        To = to ?? token, Data = data, Value = value,
    };

    static DecodeContext Context(EthereumFormat format, Func<Address, bool>? isOwn = null) => new(format.ToAddress(me), Bip32Path.Root, isOwn);

    static Effects Decode(EthereumTransaction t, EthereumFormat? format = null) =>
        (format ?? plain).Decode(EthereumTransactionCodec.Encode(t), Context(format ?? plain));

    static AbiValue A(EthereumAddress address) => AbiValue.From(address);

    static AbiValue N(Amount number) => AbiValue.From(number);

    static byte[] Data(string function, params AbiValue[] arguments) => AbiFunction.Parse(function).Encode(arguments);

    static Effect OnlyAfterCall(Effects effects)
    {
        Assert.Empty(effects.NotUnderstood);
        Assert.Equal(2, effects.Items.Length);
        Assert.IsType<Effect.Call>(effects.Items[0]);
        return effects.Items[1];
    }

    static string Reason(Effects effects)
    {
        Assert.False(effects.IsFullyUnderstood);
        return Assert.Single(effects.NotUnderstood);
    }

    [Fact]
    public void A_payment_is_a_transfer_and_a_fee()
    {
        var effects = Decode(Call([], other, 7));

        Assert.True(effects.IsFullyUnderstood);
        Assert.Equal(new Effect.Transfer(plain.ToAddress(me), plain.ToAddress(other), plain.Coin, 7UL), Assert.Single(effects.Items));
        Assert.Equal(new Fee(plain.ToAddress(me), plain.Coin, 3_000_000UL), effects.Fee);
        Assert.Equal("eip155:1/slip44:60", effects.Fee!.Asset.ToString());
    }

    [Fact]
    public void A_payment_of_nothing_is_still_a_transfer() =>
        Assert.Equal(Amount.Zero, Assert.IsType<Effect.Transfer>(Assert.Single(Decode(Call([], other)).Items)).Amount);

    [Fact]
    public void Coins_to_oneself_or_to_an_own_address_are_so_marked()
    {
        Assert.True(((Effect.Transfer)Decode(Call([], me, 1)).Items[0]).ToSelf);
        var own = plain.Decode(EthereumTransactionCodec.Encode(Call([], other, 1)), Context(plain, a => a == plain.ToAddress(other)));
        Assert.True(((Effect.Transfer)own.Items[0]).ToSelf);
        Assert.False(((Effect.Transfer)Decode(Call([], other, 1)).Items[0]).ToSelf);
    }

    [Fact]
    public void The_zero_address_is_nobody() => Assert.Null(((Effect.Transfer)Decode(Call([], default(EthereumAddress), 1)).Items[0]).Recipient);

    [Fact]
    public void An_erc20_transfer_is_understood_without_knowing_the_contract()
    {
        var effects = Decode(Call(Data("transfer(address,uint256)", A(other), N(500))));

        Assert.Equal(
            new Effect.Transfer(plain.ToAddress(me), plain.ToAddress(other), plain.Token(TokenKind.Erc20, token), 500UL), OnlyAfterCall(effects));
        var call = (Effect.Call)effects.Items[0];
        Assert.Equal("transfer(address,uint256)", call.Function);
        Assert.Equal([new("to", "address", other.ToString()), new("amount", "uint256", "500")], call.Arguments.AsEnumerable());
    }

    [Fact]
    public void Coins_that_go_with_a_call_are_listed_too()
    {
        var effects = Decode(Call(Data("transfer(address,uint256)", A(other), N(500)), value: 9));

        Assert.Equal(new Effect.Transfer(plain.ToAddress(me), plain.ToAddress(token), plain.Coin, 9UL), effects.Items[0]);
        Assert.Equal(3, effects.Items.Length);
        Assert.Equal((Amount)9UL, ((Effect.Call)effects.Items[1]).Value);
    }

    [Fact]
    public void What_two_standards_share_needs_the_contracts_kind()
    {
        var data = Data("transferFrom(address,address,uint256)", A(third), A(other), N(42));

        Assert.Contains("not registered", Reason(Decode(Call(data))), StringComparison.Ordinal);
        var (fungible, collection) = (Knowing(TokenKind.Erc20), Knowing(TokenKind.Erc721));
        Assert.Equal(
            new Effect.Transfer(plain.ToAddress(third), plain.ToAddress(other), plain.Token(TokenKind.Erc20, token), 42UL),
            OnlyAfterCall(Decode(Call(data), fungible)));
        Assert.Equal(
            new Effect.Transfer(plain.ToAddress(third), plain.ToAddress(other), plain.Token(TokenKind.Erc721, token, 42UL), 1UL),
            OnlyAfterCall(Decode(Call(data), collection)));
        Assert.Contains("Erc1155", Reason(Decode(Call(data), Knowing(TokenKind.Erc1155))), StringComparison.Ordinal);
    }

    [Fact]
    public void Approvals_say_their_limit_or_that_there_is_none()
    {
        var format = Knowing(TokenKind.Erc20);
        Effect.Approval Approve(Amount limit) =>
            (Effect.Approval)OnlyAfterCall(Decode(Call(Data("approve(address,uint256)", A(other), N(limit))), format));

        Assert.Equal(new Effect.Approval(plain.ToAddress(me), plain.ToAddress(other), plain.Token(TokenKind.Erc20, token), 5UL), Approve(5UL));
        Assert.Null(Approve(Amount.MaxValue).Limit);
        Assert.Equal(Amount.Zero, Approve(Amount.Zero).Limit);
        Assert.Equal(Amount.MaxValue - 1UL, Approve(Amount.MaxValue - 1UL).Limit);
    }

    [Fact]
    public void An_approval_of_one_token_of_a_collection_names_the_token()
    {
        var approval = (Effect.Approval)OnlyAfterCall(Decode(Call(Data("approve(address,uint256)", A(other), N(42))), Knowing(TokenKind.Erc721)));

        Assert.Equal((plain.Token(TokenKind.Erc721, token, 42UL), (Amount?)1UL), (approval.Asset, approval.Limit));
    }

    [Theory]
    [InlineData(TokenKind.Erc721)]
    [InlineData(TokenKind.Erc1155)]
    public void Approval_for_all_has_no_limit_until_it_is_taken_back(TokenKind kind)
    {
        var format = Knowing(kind);
        var given = (Effect.Approval)OnlyAfterCall(Decode(Call(Data("setApprovalForAll(address,bool)", A(other), N(1UL))), format));
        var taken = (Effect.Approval)OnlyAfterCall(Decode(Call(Data("setApprovalForAll(address,bool)", A(other), N(0UL))), format));

        Assert.Equal((plain.Token(kind, token), null), (given.Asset, given.Limit));
        Assert.Equal(Amount.Zero, taken.Limit);
    }

    [Fact]
    public void A_growing_allowance_is_shown_and_not_understood()
    {
        var effects = Decode(Call(Data("increaseAllowance(address,uint256)", A(other), N(5UL))));

        Assert.Contains("grows", Reason(effects), StringComparison.Ordinal);
        Assert.IsType<Effect.Approval>(effects.Items[1]);
    }

    [Fact]
    public void Collections_move_by_their_own_functions()
    {
        var one = OnlyAfterCall(Decode(Call(Data("safeTransferFrom(address,address,uint256)", A(me), A(other), N(42)))));
        var withData = OnlyAfterCall(Decode(Call(Data("safeTransferFrom(address,address,uint256,bytes)", A(me), A(other), N(42), new AbiValue.Blob(new byte[] { 1, 2 })))));
        var amounts = OnlyAfterCall(Decode(Call(Data("safeTransferFrom(address,address,uint256,uint256,bytes)", A(me), A(other), N(42), N(7), new AbiValue.Blob(default)))));

        Assert.Equal(new Effect.Transfer(plain.ToAddress(me), plain.ToAddress(other), plain.Token(TokenKind.Erc721, token, 42UL), 1UL), one);
        Assert.Equal(one, withData);
        Assert.Equal(new Effect.Transfer(plain.ToAddress(me), plain.ToAddress(other), plain.Token(TokenKind.Erc1155, token, 42UL), 7UL), amounts);
    }

    [Fact]
    public void A_batch_lists_every_token()
    {
        static AbiValue Numbers(params ulong[] numbers) => new AbiValue.Sequence([.. numbers.Select(n => AbiValue.From(n))]);
        const string Function = "safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)";
        var effects = Decode(Call(Data(Function, A(me), A(other), Numbers(1, 2, 3), Numbers(10, 20, 30), new AbiValue.Blob(default))));

        Assert.True(effects.IsFullyUnderstood);
        Assert.Equal([10UL, 20UL, 30UL], effects.Items.OfType<Effect.Transfer>().Select(t => t.Amount).ToArray());
        var uneven = Decode(Call(Data(Function, A(me), A(other), Numbers(1, 2), Numbers(10), new AbiValue.Blob(default))));
        Assert.Contains("2 tokens and 1 amounts", Reason(uneven), StringComparison.Ordinal);
    }

    [Fact]
    public void A_permit_handed_in_is_its_owners_approval()
    {
        var effects = Decode(Call(Data("permit(address,address,uint256,uint256,uint8,bytes32,bytes32)", A(third), A(other), N(6), N(99), N(27), N(1), N(2))));

        Assert.Equal(new Effect.Approval(plain.ToAddress(third), plain.ToAddress(other), plain.Token(TokenKind.Erc20, token), 6UL), OnlyAfterCall(effects));
    }

    [Fact]
    public void Permit2_approves_by_argument_and_only_at_its_own_address()
    {
        var permit2 = EthereumAddress.Parse("0x000000000022D473030F116dDEE9F6B43aC78BA3");
        var unlimited = Amount.Parse("1461501637330902918203684832716283019655932542975");
        var data = Data("approve(address,address,uint160,uint48)", A(token), A(other), N(unlimited), N(1_800_000_000));

        Assert.Equal(
            new Effect.Approval(plain.ToAddress(me), plain.ToAddress(other), plain.Token(TokenKind.Erc20, token), null, 1_800_000_000),
            OnlyAfterCall(Decode(Call(data, permit2))));
        Assert.Contains("unknown function", Reason(Decode(Call(data))), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_function_is_not_understood_until_it_is_registered()
    {
        var function = AbiFunction.Parse("deposit(address receiver,(uint64 until,bytes note)[] terms,string tag)");
        var data = function.Encode(
            A(other), new AbiValue.Sequence([new AbiValue.Sequence([N(9), new AbiValue.Blob(new byte[] { 0xAB })])]), new AbiValue.Text("a \"b\""));

        var unknown = Decode(Call(data));
        Assert.Contains($"0x{function.Selector:x8}", Reason(unknown), StringComparison.Ordinal);
        Assert.Null(((Effect.Call)Assert.Single(unknown.Items)).Function);

        foreach (var contracts in (KnownContracts[])[KnownContracts.None.WithFunction(function), KnownContracts.None.WithFunction(function, token)])
        {
            var known = Decode(Call(data), new(1, contracts));
            Assert.True(known.IsFullyUnderstood);
            var call = (Effect.Call)Assert.Single(known.Items);
            Assert.Equal("deposit(address,(uint64,bytes)[],string)", call.Function);
            Assert.Equal([other.ToString(), "[[9,0xab]]", "a \"b\""], call.Arguments.Select(a => a.Value));
            Assert.Equal(["receiver", "terms", "tag"], call.Arguments.Select(a => a.Name));
        }
        Assert.False(Decode(Call(data), new(1, KnownContracts.None.WithFunction(function, third))).IsFullyUnderstood);
    }

    [Fact]
    public void A_registered_function_never_hides_a_tokens_own_meaning()
    {
        var transfer = AbiFunction.Parse("transfer(address,uint256)");
        var format = new EthereumFormat(1, KnownContracts.None.WithToken(token, TokenKind.Erc20).WithFunction(transfer));

        Assert.IsType<Effect.Transfer>(OnlyAfterCall(Decode(Call(transfer.Encode(A(other), N(1UL))), format)));
    }

    // Registered for all contracts, or for this one, it would turn a transfer or an approval into a mere call.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_registered_function_hides_no_standards_meaning_at_an_unregistered_contract(bool isOwn)
    {
        EthereumFormat With(string function, EthereumAddress at) =>
            new(1, KnownContracts.None.WithFunction(AbiFunction.Parse(function), isOwn ? at : null));

        var transfer = Data("transfer(address,uint256)", A(other), N(500));
        Assert.IsType<Effect.Transfer>(OnlyAfterCall(Decode(Call(transfer), With("transfer(address to,uint256 value)", token))));
        var approve = Data("approve(address,uint256)", A(other), N(5));
        Assert.Contains("not registered", Reason(Decode(Call(approve), With("approve(address,uint256)", token))), StringComparison.Ordinal);
        var permit2 = EthereumAddress.Parse("0x000000000022D473030F116dDEE9F6B43aC78BA3");
        var allow = Data("approve(address,address,uint160,uint48)", A(token), A(other), N(7), N(1_800_000_000));
        Assert.IsType<Effect.Approval>(OnlyAfterCall(Decode(Call(allow, permit2), With("approve(address,address,uint160,uint48)", permit2))));
        var execute = Data("execTransactionFromModule(address,uint256,bytes,uint8)", A(other), N(0), new AbiValue.Blob(default), N(1));
        Assert.Contains("delegate call", Reason(Decode(Call(execute), With("execTransactionFromModule(address,uint256,bytes,uint8)", token))), StringComparison.Ordinal);
    }

    // Permit2 calls transferFrom with the amount, and a collection takes that for the number of a token.
    [Fact]
    public void An_amount_of_what_is_registered_as_a_collection_is_not_understood()
    {
        var permit2 = EthereumAddress.Parse("0x000000000022D473030F116dDEE9F6B43aC78BA3");
        var allow = Data("approve(address,address,uint160,uint48)", A(token), A(other), N(7), N(1_800_000_000));
        var move = Data("transferFrom(address,address,uint160,address)", A(me), A(other), N(7), A(token));

        Assert.All((byte[][])[allow, move], data =>
        {
            Assert.IsAssignableFrom<Effect>(OnlyAfterCall(Decode(Call(data, permit2), Knowing(TokenKind.Erc20))));
            Assert.Contains("registered as Erc721", Reason(Decode(Call(data, permit2), Knowing(TokenKind.Erc721))), StringComparison.Ordinal);
        });
    }

    // EIP-7702: an account with a delegation runs the delegate's code, and a token's function is what that code makes of it.
    [Fact]
    public void A_call_of_an_account_that_may_run_foreign_code_is_not_understood()
    {
        var data = Data("transfer(address,uint256)", A(other), N(500));
        Assert.Contains("own account", Reason(Decode(Call(data, me))), StringComparison.Ordinal);
        Assert.True(Decode(Call([], me)).IsFullyUnderstood);

        using var random = new RandomTransactions(2);
        using var key = random.Key();
        var authority = EthereumAddress.FromPublicKey(key.PublicKey);
        var both = Call(data, authority) with
        {
            Type = EthereumTransactionType.SetCode, Authorizations = [RandomTransactions.Authorization(key, 1, third, 0)],
        };
        Assert.Contains("delegate's affair", Reason(Decode(both)), StringComparison.Ordinal);
        Assert.Contains(new Effect.Delegation(plain.ToAddress(authority), plain.ToAddress(third)), Decode(both).Items);
        Assert.True(Decode(both with { To = token }).IsFullyUnderstood);
    }

    // A list as long as the transaction may be: the gas limit bounds what it costs, and nothing of it is an effect.
    [Fact]
    public void A_long_access_list_hides_nothing()
    {
        var slots = Enumerable.Range(0, 3_000).Select(i => (ReadOnlyMemory<byte>)Keccak256.HashData(BitConverter.GetBytes(i))).ToArray();
        var t = Call(Data("transfer(address,uint256)", A(other), N(500))) with { AccessList = [new(token, [.. slots]), new(token, [.. slots[..500]])] };

        var effects = Decode(t);

        Assert.IsType<Effect.Transfer>(OnlyAfterCall(effects));
        Assert.Equal(3_000_000UL, effects.Fee!.Maximum);
        Assert.Throws<ArgumentException>(() => Decode(t with { AccessList = [new(token, [.. slots, .. slots])] }));
    }

    [Fact]
    public void Delegate_calls_are_flagged()
    {
        byte[] Execute(ulong operation) => Data(
            "execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes)",
            A(other), N(0), new AbiValue.Blob(default), N(operation), N(0), N(0), N(0), A(default), A(default), new AbiValue.Blob(default));

        Assert.Contains("delegate call", Reason(Decode(Call(Execute(1)))), StringComparison.Ordinal);
        Assert.DoesNotContain("delegate call", Reason(Decode(Call(Execute(0)))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Data_too_short_for_a_function_is_not_understood(int length) =>
        Assert.Contains("too short", Reason(Decode(Call(new byte[length]))), StringComparison.Ordinal);

    [Fact]
    public void Arguments_that_are_not_canonical_are_refused()
    {
        var good = Data("transfer(address,uint256)", A(other), N(5UL));
        byte[] dirty = [.. good];
        dirty[4] = 1;

        Assert.Throws<FormatException>(() => Decode(Call(dirty)));
        Assert.Throws<FormatException>(() => Decode(Call([.. good, 0])));
        Assert.Throws<FormatException>(() => Decode(Call(good[..^1])));
    }

    [Fact]
    public void A_deployment_names_the_code_and_the_contract()
    {
        var code = Encoding.ASCII.GetBytes("code");
        var effects = Decode(Call(code, value: 3) with { To = null, Nonce = 0 });

        Assert.True(effects.IsFullyUnderstood);
        var contract = EthereumFormat.ContractAddress(me, 0);
        Assert.Equal(new Effect.Deployment(plain.ToAddress(me), plain.ToAddress(contract), Hex.Of(Keccak256.HashData(code)), 3UL), effects.Items[0]);
        Assert.Equal(new Effect.Transfer(plain.ToAddress(me), plain.ToAddress(contract), plain.Coin, 3UL), effects.Items[1]);
    }

    [Fact]
    public void A_contracts_address_is_the_known_one() => Assert.Equal(
        "0xcd234A471b72ba2F1Ccf0A70FCABA648a5eeCD8d",
        EthereumFormat.ContractAddress(EthereumAddress.Parse("0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0"), 0).ToString());

    [Fact]
    public void Authorisations_are_delegations_of_whoever_signed_them()
    {
        using var random = new RandomTransactions(1);
        using var key = random.Key();
        var authority = plain.ToAddress(EthereumAddress.FromPublicKey(key.PublicKey));
        EthereumTransaction With(Amount chain, EthereumAddress to) => Call([], other) with
        {
            Type = EthereumTransactionType.SetCode, Authorizations = [RandomTransactions.Authorization(key, chain, to, 3)],
        };

        Assert.Equal([new Effect.Delegation(authority, plain.ToAddress(third))], Decode(With(1, third)).Items.OfType<Effect.Delegation>());
        Assert.True(Decode(With(1, third)).IsFullyUnderstood);
        Assert.Null(Decode(With(1, default)).Items.OfType<Effect.Delegation>().Single().Delegate);
        Assert.Contains("every chain", Reason(Decode(With(0, third))), StringComparison.Ordinal);
        Assert.Contains("another chain", Reason(Decode(With(5, third))), StringComparison.Ordinal);
        var unsigned = With(1, third) with { Authorizations = [new(1UL, third, 0, 0, 0UL, 0UL)] };
        Assert.Contains("nobody has signed", Reason(Decode(unsigned)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_built_decodes_to_exactly_what_was_asked()
    {
        using var random = new RandomTransactions(3);
        for (var i = 0; i < 500; i++)
        {
            var t = random.Next(chain: 1) with { Data = default };
            if (t.To is not { } to)
                continue;
            var effects = Decode(t);
            Assert.Equal(new Effect.Transfer(plain.ToAddress(me), plain.ToAddress(to), plain.Coin, t.Value), effects.Items.OfType<Effect.Transfer>().Single());
            Assert.Equal(t.Authorizations.Length, effects.Items.OfType<Effect.Delegation>().Count() + effects.NotUnderstood.Count(r => r.Contains("another chain", StringComparison.Ordinal)));
            Assert.Equal(t.MaxFee, effects.Fee!.Maximum);
        }
    }
}
