"""The words and patterns that `texts.py` puts together; {names} are FIELDS or those of `ocr.drawing.patterns`."""

SHOPS = """
    店 馆 厅 路 街 巷 坊 轩 阁 居 楼 庄 园 城 大道 公司 有限公司 有限责任公司 集团 股份有限公司 餐厅 饭店 酒店 宾馆
    酒楼 酒家 大酒店 大厦 广场 中心 超市 商店 商场 商行 商城 便利店 专卖店 旗舰店 总店 分店 连锁店 银行 支行 药店
    大药房 医院 诊所 学校 小学 中学 大学 学院 幼儿园 公园 花园 小区 公寓 社区 派出所 法院 税务局 管理局 管理处 办公室
    办事处 服务部 服务台 服务中心 营业厅 维修部 工作室 培训中心 理发店 美发 美容 美甲 养生馆 足浴 火锅 烧烤 小吃 面馆
    拉面 米粉 烤鸭 烤鱼 麻辣烫 包子铺 快餐 早餐 蛋糕 面包 奶茶 咖啡 茶叶 茶庄 烟酒 水果 蔬菜 海鲜 干果 特产 服装 服饰
    鞋业 童装 内衣 家纺 窗帘 家具 家居 建材 五金 灯饰 卫浴 陶瓷 地板 门窗 装饰 广告 图文 打印 摄影 婚纱 珠宝 眼镜 钟表
    手机 通讯 电脑 数码 电器 电子 汽车 汽修 汽配 轮胎 洗车 加油站 停车场 招租 转让 批发 零售 旅行社 物流 快递 驿站
    网吧 影城 书店 文具 玩具 花店 宠物 律师事务所 房产 保险 证券 投资 科技 机械 设备 贸易 食品 制品 农业 化工 塑料
    包装 印刷 物业
"""
GOODS = """
    正品 包邮 新品 上市 特价 促销 热卖 爆款 清仓 甩卖 优惠 优惠券 立即抢购 点击购买 加入购物车 买一送一 限时 抢购 折扣
    全场 打折 半价 现货 厂家直销 品质保证 七天无理由退换 货到付款 全国联保 质量保证 售后无忧 赠品 送货上门 免费安装
    免费试用 运费 韩版 新款 女装 男装 连衣裙 牛仔裤 纯棉 真皮 加厚 加绒 保暖 透气 防水 防滑 耐磨 静音 智能 大容量 便携
    不锈钢 环保 健康 天然 无添加 美白 补水 保湿 面膜 精华 洗面奶 防晒 颜色 尺码 规格 型号 材质 产地 重量 净含量 适用
    人群 细节 展示 产品 参数 品牌 说明 温馨提示 使用方法 注意事项 生产日期 保质期 地址 电话 传真 邮编 网址 邮箱 联系人
    热线 咨询 订餐 外卖 营业时间 欢迎光临 谢谢惠顾 小心地滑 禁止吸烟 禁止停车 出口 入口 安全出口 男 女 洗手间 卫生间
    收银台 推 拉 注意 请勿 严禁 危险 当心触电 高压 消防通道 灭火器 消火栓 盗图必究 实物拍摄 支持配单 闪电发货
    消费者保障 全新原装 图片仅供参考 假一赔十 官方正品 专柜正品 送运费险 顺丰包邮 满就送
"""
CITIES = """
    北京 上海 天津 重庆 广州 深圳 杭州 南京 苏州 武汉 成都 西安 长沙 郑州 青岛 济南 大连 沈阳 哈尔滨 长春 福州 厦门
    泉州 温州 宁波 无锡 常州 合肥 南昌 昆明 贵阳 南宁 桂林 海口 三亚 兰州 西宁 银川 太原 石家庄 呼和浩特 乌鲁木齐 拉萨
    东莞 佛山 中山 珠海 汕头 义乌 金华 绍兴 嘉兴 扬州 徐州 洛阳 开封 烟台 潍坊 唐山 保定 中国 香港 台湾 澳门 河北 山西
    辽宁 吉林 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 陕西 甘肃 青海 广西 宁夏 新疆 西藏
    韩国 日本 美国 德国 法国
"""
SURNAMES = (
    '王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔'
    '钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤'
)
LUCKY = (
    '兴隆利福祥丰泰和盛昌顺发达康安宁美佳家嘉华天龙凤金银宝瑞鑫鸿宏大小老新东南西北中国海江河山川云月星阳光明春夏'
    '秋冬红黄蓝绿青紫香甜鲜味食客人心爱乐喜庆万千百一二三四五六七八九十雅馨源聚德诚信义仁永恒远博文艺尚品优联世纪'
    '润旺亿元正玉'
)

FIELDS = {
    'shop': tuple(SHOPS.split()),
    'goods': tuple(GOODS.split()),
    'city': tuple(CITIES.split()),
    'surname': tuple(SURNAMES),
    'luck': tuple(LUCKY),
    'num': tuple('一二三四五六七八九十'),
    'count': tuple('元号年月日米斤克人个件套只支片瓶盒天折楼层室栋座路度岁分秒次本册箱包袋条根张台部辆'),
    'size': ('S', 'M', 'L', 'XL', 'XXL', '均'),
    'measure': ('g', 'kg', 'ml', 'mm', 'cm', 'm', 'km', 'L', 'W', 'V', 'A', 'GB', '℃', '寸', '升', '克', '米', '公斤'),
    'phone': (
        '电话',
        '热线',
        '手机',
        '传真',
        '电话/传真',
        '订餐电话',
        '联系电话',
        '咨询热线',
        'TEL',
        'Tel',
        'QQ',
        '微信',
    ),
}
# Two spaces or a line's end stand between patterns.
NAMES = """
    {surname}记{shop}  {surname}氏{shop}  {surname}家{shop}  老{surname}{shop}  {surname}{luck}{shop}  {luck}{shop}
    {luck}{luck}{shop}  {luck}{luck}{luck}{shop}  {city}{luck}{luck}{shop}  {city}{word}{shop}  {word}{shop}
    {city}市{word}{shop}  {city}{luck}{luck}{word}有限公司  {word}（{city}店）  {word}({luck}{luck}店)
    {luck}{luck}{word}  {surname}{luck}  {surname}{luck}{luck}  {surname}先生  {surname}经理  {city}{goods}
    {city}{word}  中国{word}{shop}  {city}{luck}{luck}{word}{shop}  {surname}{luck}{luck}{shop}  {word}第{num}{shop}
    {city}市第{num}{word}
"""
PLACES = """
    {word}路{n}号  {word}路{nd}号  {word}街{ndd}号  {word}路{ndd}弄  {city}路{nd}号  {city}市{word}路{nd}号
    {word}大道{ndd}号  {city}市{word}区{word}路{nd}号  {word}小区{n}栋  {n}号楼  {n}号楼{n}单元  {nd}栋{ndd}室  {n}楼
    {nd}层  {num}楼  {num}号线  {word}站  {word}路  {word}街  {word}巷  {word}村  {word}镇  {word}区  {word}桥
    {word}路口  {n}号出口  {word}方向  G{nd}高速  S{ddd}  {word}{n}km  {nd}公里  {A}区{nd}号  {A}区{nd}-{nd}号
    {A}{dd}  {luck}{luck}路  {luck}{luck}大厦{nd}楼
"""
NUMBERS = """
    1{n}{ddddddddd}  1{n}{d} {dddd} {dddd}  0{ndd}-{ddddddd}  0{ndd}-{dddddddd}  0{nd}-{dddddddd}  400-{ddd}-{dddd}
    {ddddddd}  {phone}：1{n}{ddddddddd}  {phone}:1{n}{ddddddddd}  {phone}：0{ndd}-{dddddddd}  {phone}: {dddddddd}
    {phone}：{ndddddd}  {phone}  {n}{count}  {nd}{count}  {ndd}{count}  {num}{count}  {num}十{count}  {num}百{count}
    第{num}{count}  第{nd}{count}  {yyyy}年  {yyyy}年{n}月  {yyyy}年{MM}月{DD}日  {n}月{nd}日  {yyyy}.{MM}.{DD}
    {yyyy}-{MM}-{DD}  {yyyy}/{MM}/{DD}  {hh}:{min}  {hh}:{min}-{hh}:{min}  {hh}：{min}－{hh}：{min}  上午{hour}:{min}
    下午{hour}点  周{num}至周日  24小时{goods}  {n}  {nd}  {ndd}  {nddd}  {nddddd}  {A}{ddd}  {AA}-{ddd}  {AAA}{dddd}
    {A}-{nd}  {n}{A}  No.{n}  №{nd}  {nd}%  {nd}％  {nd}{measure}  {ndd}{measure}  {n}.{d}{measure}
    {nd}x{nd}{measure}  {nd}×{nd}  {nd}*{nd}*{nd}  {nd}X{nd}CM  {ndd}g×{nd}  京{A}·{A}{dddd}  {ddd}{ddd}
    {nd}-{nd}{measure}  ±{n}%  -{nd}℃～{nd}℃  {n}:{n}  +{n}  {n}/{nd}
"""
CODES = """
    {A}{d}  {AA}  {AAA}  {AAAA}  {A}{ddd}  {A}{dddd}  {AA}{dd}  {AA}{dddd}  {AAA}{dd}  {AAA}{ddd}  {AA}{dddd}{A}
    {AAA}{nddddd}  {ndd}{AA}  {nddd}{AA}  {n}{AA}{nddddddd}  {A}{d}{A}{ddd}  {AA}-{dd}{A}  {a}{dddd}  {AA}{n}.{d}
    {n}*{nd}  {nd}*{nd}  {nd}*{ndd}  {ndd}*{ndd}*{ndd}  *{nd}  {n}/{n}/{n}  {nd}/{nd}  {nd}/{nd}/{ndd}
    {ndddd}/{ndddd}  {ndd}V  {nd}/{nd}Hz  {nd}-{nd}  {d}{d}  {dddd}  {ddddd}  {dddd}-{nd}  www.{aaaaaa}.com
    {aaaaa}{dd}.com  {aaaaaa}.taobao.com  shop{dddddddd}
"""
PRICES = """
    ￥{n}  ￥{nd}  ￥{ndd}  ￥{nd}.{dd}  ￥{ndd}.{dd}  ￥{n}.{d}元  {n}.{d}元  {nd}.{dd}元  {nd}元  {ndd}元  {nd}元/斤
    {n}.{d}元/个  {n}折  {n}.{d}折  {n}折起  低至{n}折  全场{n}折  满{ndd}减{nd}  满{ndd}送{nd}  买{n}送{n}
    第{num}件半价  立减{nd}元  省{nd}元  仅{nd}元  仅售{ndd}元  原价{ndd}  原价：{ndd}元  现价￥{nd}  特价：{nd}元
    特价{nd}  售价{ndd}元  {goods}￥{nd}  {goods}{nd}元  {goods}：{ndd}  {goods}{n}折  {n}件{n}折  {n}件包邮
    {goods}{nd}{measure}  净含量：{ndd}g  净含量:{ndd}ml  规格：{nd}{measure}  型号：{AA}{ddd}  型号:{A}-{dddd}
    尺码：{size}  {size}码  {size}/{size}  {nd}码  {goods}：{word}  保质期：{nd}个月  限高{n}.{d}米
"""
PUNCTUATED = """
    {word}！  {word}？  {word}。  {word}，  {word}：  {word}；  {word}……  （{word}）  《{word}》  “{word}”  【{word}】
    「{word}」  『{word}』  〔{word}〕  〈{word}〉  ‘{word}’  ({word})  [{word}]  "{word}"  {word}!  {word}?  {word}:
    {word}、{word}、{word}  {word}（{word}）  {word}({word})  {word}《{word}》  【{word}】{word}  “{word}”{word}
    {word}，{word}  {word}，{word}。  {word}、{word}  {word}：{word}  {word}！{word}！  {word}？{word}  {word}；{word}
    {word}—{word}  {word}——{word}  {word}·{word}  {word}-{word}  {word}/{word}  {word}&{word}  {word}+{word}
    {word}＋{word}  {word}|{word}  {word}~{word}  {word}～{word}  ★{word}★  ●{word}  ■{word}  ◆{word}  ○{word}
    {word}→{word}  {word}→  → {word}  *{word}*  #{word}  {n}、{word}  {n}.{word}  ({n}){word}  （{num}）{word}
    {num}、{word}  {n}%{word}  {word}{nd}%  {word}:{word}  {word},{word}  {word}!!!  {word}…  {word}／{word}
"""
