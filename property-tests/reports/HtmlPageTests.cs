// The HTML report in a real browser.

using System.Text.Json;
using Deque.AxeCore.Commons;
using PuppeteerSharp;
using PyState.Conformance.Reports;
using Xunit;

namespace PyState.PropertyTests.Reports;

/// <summary>What a reader sees and does, in Chromium.</summary>
/// <param name="browser">The browser.</param>
public sealed class HtmlPageTests(Browser browser) : IClassFixture<Browser>
{
    /// <summary>Hostile strings are text.</summary>
    [RequiresProgramFact("chromium")]
    public async Task Markup_and_scripts_of_an_implementation_are_shown_as_text_and_do_nothing()
    {
        Opened page = await browser.Open(Samples.Hostility());
        await Inspect();
        foreach (string clause in new[] { "READY-05", "SWITCH-05", "RESTORE-02", "SAVE-01" })
        {
            await page.GoTo(0, clause);
            await Inspect();
        }

        Assert.Empty(await page.Value<string[]>("[...document.querySelectorAll('a')].map(a => a.href).filter(h => !/^(https?|file):/.test(h))"));

        async Task Inspect()
        {
            Assert.Contains("<script>window.hit=1</script><img src=x onerror=window.hit=1>{{data}}<!--\\u202e", await page.Text(), StringComparison.Ordinal);
            Assert.Empty(page.Troubles);
            Assert.Equal("undefined", await page.Value<string>("typeof window.hit"));
            Assert.Equal(0, await page.Value<int>("document.querySelectorAll('img, iframe, object, embed, base').length"));
            Assert.Equal(3, await page.Value<int>("document.querySelectorAll('script').length"));
            Assert.Single(page.Requests);
        }
    }

    /// <summary>The policy holds even where a defect of the page would let markup in.</summary>
    [RequiresProgramFact("chromium")]
    public async Task A_script_that_got_into_the_page_would_not_run()
    {
        Opened page = await browser.Open(Samples.Mixed());
        await page.Value<object?>("(() => { const s = document.createElement('script'); s.textContent = 'window.hit = 1'; document.body.append(s); document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.hit = 1\">'); })()");
        Assert.Equal("undefined", await page.Value<string>("typeof window.hit"));
    }

    /// <summary>axe-core finds nothing serious, in either colour and at either width.</summary>
    [RequiresProgramFact("chromium")]
    public async Task Axe_finds_nothing_serious()
    {
        string axe = new BundledAxeScriptProvider().GetScript();
        foreach ((int width, bool dark) in new[] { (1280, false), (390, true) })
        {
            Opened page = await browser.Open(Merge.Of([("a", Samples.Mixed()), ("b", Samples.Large(5, 40) with { Clauses = [] })]), width, dark);
            await Judge(page);
            foreach (string clause in new[] { "READY-05", "SWITCH-05", "READY-01", "RESTORE-02" })
            {
                await page.GoTo(0, clause);
                await Judge(page);
            }
        }

        async Task Judge(Opened page)
        {
            await page.Page.EvaluateExpressionAsync(axe);
            string found = await page.Value<string>("axe.run().then(r => JSON.stringify(r.violations.filter(v => ['serious', 'critical'].includes(v.impact)).map(v => `${v.id}: ${v.nodes[0].html} ${v.nodes[0].failureSummary}`)))");
            Assert.Equal("[]", found);
        }
    }

    /// <summary>Neither page is wider than a phone.</summary>
    [RequiresProgramFact("chromium")]
    public async Task Nothing_sticks_out_of_a_narrow_window()
    {
        Opened page = await browser.Open(Samples.Hostility(), width: 390);
        Assert.Equal(390, await page.Value<int>("document.documentElement.scrollWidth"));
        await page.GoTo(0, "READY-05");
        Assert.Equal(390, await page.Value<int>("document.documentElement.scrollWidth"));
    }

    /// <summary>The keyboard steps a counterexample, both ways.</summary>
    [RequiresProgramFact("chromium")]
    public async Task The_arrow_keys_step_through_a_counterexample()
    {
        Opened page = await browser.Open(Samples.Mixed());
        await page.GoTo(0, "READY-05");
        Assert.Equal("step 4 of 4", await Where());
        Assert.Contains("seen gen0 ‹ call1", (await Stage()).Replace("\n", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        await page.Page.Keyboard.PressAsync("ArrowLeft");
        Assert.Equal("step 3 of 4", await Where());
        Assert.Contains("spawn 1", await Stage(), StringComparison.Ordinal);
        await page.Page.Keyboard.PressAsync("Home");
        await page.Page.Keyboard.PressAsync("ArrowLeft");
        Assert.Equal("step 1 of 4", await Where());
        await page.Page.Keyboard.PressAsync("ArrowRight");
        Assert.Equal("step 2 of 4", await Where());
        Assert.Contains("inside 1 callback", await Stage(), StringComparison.Ordinal);
        await page.Page.Keyboard.PressAsync("Escape");
        await page.Page.WaitForSelectorAsync("[data-view=overview]");

        Task<string> Where() => page.Value<string>("document.querySelector('.stepper .where').textContent");
        Task<string> Stage() => page.Value<string>("document.getElementById('stage').innerText");
    }

    /// <summary>From the filter to the evidence without a mouse.</summary>
    [RequiresProgramFact("chromium")]
    public async Task The_filter_and_the_table_work_by_keyboard()
    {
        Opened page = await browser.Open(Samples.Mixed());
        await page.Page.Keyboard.PressAsync("/");
        await page.Page.Keyboard.TypeAsync("restore trac");
        Assert.Equal(["RESTORE-05", "RESTORE-09", "RESTORE-23", "DERIVED-01", "DERIVED-04"], await Shown());
        await page.Page.FocusAsync("td[data-c='RESTORE-05']");
        await page.Page.Keyboard.PressAsync("ArrowDown");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Page.WaitForSelectorAsync("[data-view=evidence]");
        Assert.Equal("#/0/RESTORE-09", await page.Value<string>("location.hash"));
        await page.Page.GoBackAsync();
        await page.Page.WaitForSelectorAsync("[data-view=overview]");
        Assert.Equal(["RESTORE-05", "RESTORE-09", "RESTORE-23", "DERIVED-01", "DERIVED-04"], await Shown());

        Task<string[]> Shown() => page.Value<string[]>("[...document.querySelectorAll('.matrix tbody tr:not(.family)')].filter(r => r.offsetParent).map(r => r.querySelector('.id').textContent)");
    }

    /// <summary>The chips show only rows with such a verdict; the second field takes columns away.</summary>
    [RequiresProgramFact("chromium")]
    public async Task Verdicts_and_implementations_can_be_filtered()
    {
        Opened page = await browser.Open(Samples.Large(6, 120));
        await page.Page.TypeAsync("#filter-implementation", "implementation3");
        Assert.Equal(120, await Cells());
        await page.Page.ClickAsync(".chip.bad");
        Assert.Equal(await page.Value<int>("[...document.querySelectorAll('td.bad')].filter(c => c.dataset.i === '3').length"), await Cells());
        await page.Page.TypeAsync("#filter-clause", "no such clause");
        Assert.Contains("Nothing matches", await page.Text(), StringComparison.Ordinal);

        Task<int> Cells() => page.Value<int>("[...document.querySelectorAll('td[data-c]')].filter(c => c.offsetParent).length");
    }

    /// <summary>What is copied is the command, to the letter.</summary>
    [RequiresProgramFact("chromium")]
    public async Task The_copy_buttons_copy_the_command_and_the_program()
    {
        ReportDocument report = Samples.Mixed();
        CounterexampleDocument found = report.Implementations[0].Verdicts.Single(v => v.Clause == "READY-05").Counterexample!;
        Opened page = await browser.Open(report);
        await page.GoTo(0, "READY-05");
        await page.Value<object?>("navigator.clipboard.writeText = async text => { window.copied = text; }");
        await page.Page.ClickAsync("[aria-label='Copy the explain command']");
        Assert.Equal(found.Next!.Explain, await page.Value<string>("window.copied"));
        await page.Page.ClickAsync("summary");
        await page.Page.ClickAsync("[aria-label='Copy the standalone program']");
        Assert.Equal(found.Standalone, await page.Value<string>("window.copied"));
        Assert.StartsWith("\"\"\"Shows a deviation of greenlet", found.Standalone, StringComparison.Ordinal);
    }

    /// <summary>Every cell of fifty implementations and two hundred clauses is there.</summary>
    [RequiresProgramFact("chromium")]
    public async Task Fifty_implementations_and_two_hundred_clauses_are_shown()
    {
        Opened page = await browser.Open(Samples.Large(50, 200));
        Assert.Equal(10_000, await page.Value<int>("document.querySelectorAll('td[data-c]').length"));
        Assert.Empty(page.Troubles);
    }

    /// <summary>On paper the matrix is whole and nothing is left that only a screen can use.</summary>
    [RequiresProgramFact("chromium")]
    public async Task A_printed_page_has_the_whole_matrix_and_no_buttons()
    {
        Opened page = await browser.Open(Samples.Large(6, 120), dark: true);
        await page.Page.EmulateMediaTypeAsync(PuppeteerSharp.Media.MediaType.Print);
        Assert.Equal(0, await page.Value<int>("[...document.querySelectorAll('button, input')].filter(b => b.offsetParent).length"));
        Assert.Equal("visible", await page.Value<string>("getComputedStyle(document.querySelector('.scroll')).overflowY"));
        Assert.Equal("rgb(255, 255, 255)", await page.Value<string>("getComputedStyle(document.documentElement).backgroundColor"));
    }
}
